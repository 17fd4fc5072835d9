"""Body mass index: bands, rounding and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.bmi import bmi
from tools.errors import InvalidArgument

# At a height of 100 cm the weight in kg is the index.
EDGES = [
    (18.4, "under", "under"),
    (18.5, "normal", "normal"),
    (23.9, "normal", "normal"),
    (24.0, "over", "normal"),
    (24.9, "over", "normal"),
    (25.0, "over", "over"),
    (27.9, "over", "over"),
    (28.0, "obese", "over"),
    (29.9, "obese", "over"),
    (30.0, "obese", "obese1"),
    (34.9, "obese", "obese1"),
    (35.0, "obese", "obese2"),
    (39.9, "obese", "obese2"),
    (40.0, "obese", "obese3"),
]


@pytest.mark.parametrize(("weight", "cn", "who"), EDGES)
def test_each_band_begins_at_its_limit(weight: float, cn: str, who: str) -> None:
    result = bmi(100, weight)
    assert (result.value, result.cn_band, result.who_band) == (weight, cn, who)


@pytest.mark.parametrize(
    ("weight", "shown", "cn", "who"),
    [(18.46, 18.5, "normal", "normal"), (23.96, 24.0, "over", "normal"), (24.96, 25.0, "over", "over"), (27.96, 28.0, "obese", "over")],
)
def test_the_band_is_that_of_the_number_shown(weight: float, shown: float, cn: str, who: str) -> None:
    result = bmi(100, weight)
    assert (result.value, result.cn_band, result.who_band) == (shown, cn, who)


@pytest.mark.parametrize(
    ("weight", "cn", "who"), [(18.44, "under", "under"), (23.94, "normal", "normal"), (24.94, "over", "normal"), (27.94, "over", "over")]
)
def test_just_below_the_limit_stays_in_the_lower_band(weight: float, cn: str, who: str) -> None:
    assert (bmi(100, weight).cn_band, bmi(100, weight).who_band) == (cn, who)


def test_a_usual_adult_is_calculated_right() -> None:
    result = bmi(170, 65)
    assert (result.value, result.cn_band, result.who_band) == (22.5, "normal", "normal")


@pytest.mark.parametrize(("height", "weight"), [(50, 2), (250, 400), (50, 400), (250, 2)])
def test_the_limits_themselves_are_accepted(height: float, weight: float) -> None:
    assert bmi(height, weight).value > 0


@pytest.mark.parametrize(
    ("height", "weight", "code"),
    [
        (1.75, 70, "height_range"),
        (49.9, 70, "height_range"),
        (250.1, 70, "height_range"),
        (0, 70, "height_range"),
        (-170, 70, "height_range"),
        (1750, 70, "height_range"),
        (float("nan"), 70, "height_range"),
        (float("inf"), 70, "height_range"),
        (170, 1.9, "weight_range"),
        (170, 400.5, "weight_range"),
        (170, 70000, "weight_range"),
        (170, -70, "weight_range"),
        (170, float("nan"), "weight_range"),
    ],
)
def test_another_unit_is_refused_in_both_languages(height: float, weight: float, code: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        bmi(height, weight)
    unit = {"height_range": ("厘米", "centimetres"), "weight_range": ("千克", "kilograms")}[code]
    zh, en = caught.value.message("zh"), caught.value.message("en")
    assert caught.value.code == code
    assert unit[0] in zh or ("公斤" in zh and code == "weight_range")
    assert unit[1] in en


@pytest.mark.parametrize(("language", "words"), [("zh", ("24.0", "超重", "正常")), ("en", ("24.0", "overweight", "normal"))])
def test_the_sentence_shows_the_number_and_both_standards(language: str, words: tuple[str, ...]) -> None:
    sentence = bmi(100, 24).sentence(language)
    assert all(word in sentence for word in (*words, "WS/T 428", "WHO" if language == "en" else "世"))


ORDER_CN = ("under", "normal", "over", "obese")
ORDER_WHO = ("under", "normal", "over", "obese1", "obese2", "obese3")


@given(st.floats(50, 250), st.floats(2, 400), st.floats(2, 400))
def test_more_weight_never_gives_a_lower_band(height: float, one: float, other: float) -> None:
    light, heavy = bmi(height, min(one, other)), bmi(height, max(one, other))
    assert light.value <= heavy.value
    assert ORDER_CN.index(light.cn_band) <= ORDER_CN.index(heavy.cn_band)
    assert ORDER_WHO.index(light.who_band) <= ORDER_WHO.index(heavy.who_band)
