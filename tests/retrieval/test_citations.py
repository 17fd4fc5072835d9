import pytest

from retrieval.citations import parse_citations, strip_citations, support


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("多喝水[1]。", (1,)),
        ("多喝水。[1][2]", (1, 2)),
        ("Rest [2, 1] and [2].", (2, 1)),
        ("多喝水【1】［３］", (1, 3)),
        ("[1，2；3、4]", (1, 2, 3, 4)),
        ("见 [abc] 或 [2024] 或 1", ()),
    ],
)
def test_citations_are_read_in_every_spelling(sentence, expected):
    assert parse_citations(sentence) == expected


def test_citations_come_off_without_leaving_blanks():
    assert strip_citations("Rest [1] and drink [2][3].") == "Rest and drink."
    assert strip_citations("多喝水[1]。") == "多喝水。"


def test_a_sentence_from_the_evidence_is_fully_supported():
    found = support("青霉素过敏的人不能用阿莫西林[1]。", "## 用药须知 青霉素过敏的人不能用阿莫西林。")
    assert found.coverage == 1.0 and found.missing_numbers == ()


def test_a_sentence_about_something_else_is_not_supported():
    assert support("高血压患者应当限盐[1]。", "咽痛的人可以多喝温水。").coverage < 0.2


@pytest.mark.parametrize(
    ("sentence", "evidence", "missing"),
    [
        ("体温超过39度要就医", "体温超过 39℃ 应当就医", ()),
        ("take 500 mg", "take 500mg", ()),
        ("take 600 mg", "take 500mg", ("600 mg",)),
        ("take 500 mg", "take 500 ml", ("500 mg",)),
        ("every 4-6 hours", "every 4 to 6 hours", ()),
        ("每 4~6 小时一次", "间隔4至6小时", ()),
        ("24小时内就医", "24 h 内就医", ()),
        ("3 months", "3 years", ("3 months",)),
        ("拨打120", "立即拨打 120", ()),
        ("血压160/100", "血压达到 160/100 mmHg", ()),
        ("BMI 28.0", "bmi 28 kg/m2", ()),
    ],
)
def test_numbers_must_occur_in_the_evidence_with_their_unit(sentence, evidence, missing):
    assert support(sentence, evidence).missing_numbers == missing


def test_a_sentence_without_content_needs_no_support():
    assert support("。[1]", "").coverage == 1.0
