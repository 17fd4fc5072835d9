"""Ages, weights and heights in the ways people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.measures import age_months, height_cm, number, weight_kg


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("0", 0),
        ("37.5", 37.5),
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("八十五", 85),
        ("一百", 100),
        ("一百四十", 140),
    ],
)
def test_numerals_are_read(words: str, value: float) -> None:
    assert number(words) == value


@pytest.mark.parametrize(
    ("clause", "months"),
    [
        ("我今年35岁", 420),
        ("三十五周岁", 420),
        ("两岁的宝宝", 24),
        ("3岁半", 42),
        ("一岁半", 18),
        ("宝宝8个月", 8),
        ("三个月大", 3),
        ("出生20天", 0),
        ("出生6周", 1),
        ("35 years old", 420),
        ("a 42-year-old man", 504),
        ("65 y/o male", 780),
        ("i'm 35", 420),
        ("she is 7", 84),
        ("5 months old", 5),
        ("my 6 week old baby", 1),
        ("i'm 70 kg", None),
        ("i am 5 ft 4", None),
        ("i'm 20 weeks pregnant", None),
        ("吃了三年药", None),
        ("发烧39度", None),
        ("", None),
    ],
)
def test_an_age_is_read_in_months(clause: str, months: float | None) -> None:
    assert age_months(clause) == months


@pytest.mark.parametrize(
    ("clause", "kilograms"),
    [
        ("体重140斤", 70),
        ("体重140市斤", 70),
        ("我重一百四十斤", 70),
        ("体重70公斤", 70),
        ("70千克", 70),
        ("体重65", 65),
        ("体重是65.5", 65.5),
        ("i weigh 70 kg", 70),
        ("70kgs", 70),
        ("weight is 62.5 kilos", 62.5),
        ("i weigh 154 lbs", 69.9),
        ("180 pounds", 81.6),
        ("11 stone", 69.8),
        ("布洛芬200mg", None),
        ("身高170", None),
        ("", None),
    ],
)
def test_a_weight_is_read_in_kilograms(clause: str, kilograms: float | None) -> None:
    assert weight_kg(clause) == kilograms


@pytest.mark.parametrize(
    ("clause", "centimetres"),
    [
        ("身高一米七", 170),
        ("身高一米六", 160),
        ("身高1米75", 175),
        ("身高1米6", 160),
        ("身高1.75米", 175),
        ("身高1.7m", 170),
        ("1米8", 180),
        ("1m75", 175),
        ("身高175", 175),
        ("175cm", 175),
        ("身高162厘米", 162),
        ("my height is 170 cm", 170),
        ("i'm 175 cm tall", 175),
        ("i'm 5'7\"", 170),
        ("5 feet 7 inches tall", 170),
        ("i am 5 ft 4", 163),
        ("6'1\"", 185),
        ("6 foot", 183),
        ("体重65", None),
        ("35岁", None),
        ("布洛芬1.5片", None),
        ("", None),
    ],
)
def test_a_height_is_read_in_centimetres(clause: str, centimetres: float | None) -> None:
    assert height_cm(clause) == centimetres


@given(st.integers(20, 300))
def test_catties_are_half_kilograms(amount: int) -> None:
    assert weight_kg(f"体重{amount}斤") == round(amount / 2, 1)
    assert weight_kg(f"体重{amount}公斤") == amount


@given(st.integers(100, 199))
def test_metres_and_centimetres_agree(amount: int) -> None:
    assert height_cm(f"身高{amount / 100:.2f}米") == amount == height_cm(f"身高{amount}厘米")


@given(st.text(alphabet="0123456789一二两十百零.岁斤公米个月'\"kgcm 身高体重", max_size=30))
def test_no_clause_breaks_the_readers(clause: str) -> None:
    for reader in (age_months, weight_kg, height_cm):
        amount = reader(clause)
        assert amount is None or amount >= 0
