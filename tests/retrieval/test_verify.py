"""The verifier of citations: what it lets stand, what it objects to, and why."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from configs.settings import ROOT
from evaluation.citations import KINDS, PARAPHRASES, Bank, measure
from evaluation.safety import Tally
from retrieval.verify import Passage, Verifier
from tools.tables import Tables, load_tables
from tools.text import spans

TEXT = (
    "六个月以下的婴儿不能自行使用布洛芬。一岁以上的孩子可以喝少量蜂蜜，一岁以内的婴儿不能吃蜂蜜。体温超过39℃或发热三天不退，应立即就医。"
    "成人退热每次可用对乙酰氨基酚500毫克，两次间隔至少4小时。孕妇用药前应先问医生。"
)
ENGLISH = (
    "Babies under three months should not be given ibuprofen. Adults may take paracetamol 500 mg every 4 to 6 hours. "
    "Pregnant women should avoid ibuprofen from 20 weeks. See a doctor if fever lasts more than three days."
)
EVIDENCE = {
    1: Passage("zh:0", TEXT, "发热", "用药须知", "v1", "v1"),
    2: Passage("en:0", ENGLISH, "Fever", "Medicines", "v1", "v1"),
    3: Passage("zh:1", "失眠的人应当固定起床时间，睡前少看手机。", "失眠", "怎么办", "v1", "v2"),
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables(ROOT / "knowledge" / "tables", strict=False)


@pytest.fixture(scope="module")
def verifier(tables: Tables) -> Verifier:
    return Verifier(tables)


def rules(verifier: Verifier, sentence: str, cites: tuple[int, ...]) -> set[str]:
    return {failure.rule for failure in verifier.verify(sentence, cites, EVIDENCE).failures}


@pytest.mark.parametrize(
    ("sentence", "cites"),
    [
        ("半岁以内的宝宝不要自己用布洛芬。", (1,)),
        ("满一岁的孩子可以少喝点蜂蜜，不满一岁的婴儿别吃蜂蜜。", (1,)),
        ("发烧3天不退，或者体温高于39度，要马上就医。", (1,)),
        ("大人退烧可以吃扑热息痛，每次0.5克，至少隔4个小时。", (1,)),
        ("怀孕的人用药之前要先咨询医生。", (1,)),
        ("Do not give ibuprofen to a baby younger than three months.", (2,)),
        ("Adults can take 500 mg of acetaminophen every 4-6 hours.", (2,)),
        ("孕妇从20周起应避免布洛芬。", (2,)),
    ],
)
def test_an_honest_paraphrase_stands(verifier, sentence, cites):
    verdict = verifier.verify(sentence, cites, EVIDENCE)
    assert verdict.ok and verdict.action == "keep" and verdict.quotes


@pytest.mark.parametrize(
    ("sentence", "cites", "rule"),
    [
        ("八个月以下的婴儿不能自行使用布洛芬。", (1,), "support.number"),
        ("成人退热每次可用对乙酰氨基酚500克，两次间隔至少4小时。", (1,), "support.number"),
        ("体温低于39℃或发热三天不退，应立即就医。", (1,), "support.number"),
        ("发热三周不退，应立即就医。", (1,), "support.number"),
        ("六个月以下的婴儿能自行使用布洛芬。", (1,), "support.polarity"),
        ("孕妇用药前不用先问医生。", (1,), "support.polarity"),
        ("六个月以下的婴儿不能自行使用阿莫西林。", (1,), "support.name"),
        ("成人退热每次可用布洛芬500毫克，两次间隔至少4小时。", (1,), "support.name"),
        ("老人用药前应先问医生。", (1,), "support.population"),
        ("非孕妇用药前应先问医生。", (1,), "support.population"),
        ("每天散步能让心情变好。", (1,), "support.words"),
        ("Babies under three months should be given ibuprofen.", (2,), "support.polarity"),
        ("Babies over three months should not be given ibuprofen.", (2,), "support.number"),
        ("Adults may take naproxen 500 mg every 4 to 6 hours.", (2,), "support.name"),
        ("Children may take paracetamol 500 mg every 4 to 6 hours.", (2,), "support.population"),
        ("孕妇从30周起应避免布洛芬。", (2,), "support.number"),
        ("孕妇从20周起应避免阿莫西林。", (2,), "support.name"),
    ],
)
def test_a_changed_fact_is_named(verifier, sentence, cites, rule):
    verdict = verifier.verify(sentence, cites, EVIDENCE)
    assert rule in {failure.rule for failure in verdict.failures}
    assert verdict.action == ("soften" if rule == "support.words" else "refine")


def test_a_source_that_was_not_retrieved_or_has_changed_is_removed(verifier):
    assert rules(verifier, "失眠的人应当固定起床时间，睡前少看手机。", (9,)) == {"citation.unknown"}
    assert rules(verifier, "失眠的人应当固定起床时间，睡前少看手机。", (3,)) == {"citation.stale"}
    assert verifier.verify("六个月以下的婴儿不能自行使用布洛芬。", (1, 9), EVIDENCE).action == "remove"


def test_what_is_said_of_one_age_is_not_said_of_the_other(verifier):
    assert rules(verifier, "一岁以内的孩子可以喝少量蜂蜜。", (1,)) & {"support.number", "support.polarity"}


def test_the_support_is_named_with_exact_offsets(verifier):
    verdict = verifier.verify("孕妇用药之前要先问医生。", (1,), EVIDENCE)
    quote = verdict.quotes[0]
    assert TEXT[quote.start : quote.end] == "孕妇用药前应先问医生。" and (quote.n, quote.id) == (1, "zh:0")


@pytest.mark.parametrize(
    "sentence",
    [
        "您好！", "祝您早日康复。", "希望这些信息对您有帮助。", "我不能代替医生。", "如果担心，请咨询医生。",
        "I hope this helps.", "See a doctor if you are worried.", "I am not a doctor.", "Take care!",
    ],
)  # fmt: skip
def test_courtesy_needs_no_source(verifier, sentence):
    verdict = verifier.verify(sentence, (), EVIDENCE)
    assert not verdict.medical and verdict.ok


@pytest.mark.parametrize(
    "sentence", ["多喝水。", "不用看医生。", "祝您早日康复，请继续吃华法林。", "Take ibuprofen.", "If you are worried, wait at home."]
)
def test_medical_advice_without_a_source_is_missing_one(verifier, sentence):
    assert rules(verifier, sentence, ()) == {"citation.missing"}


def test_a_second_opinion_can_carry_what_the_words_leave_in_doubt_and_nothing_else(tables):
    asked = []

    def agrees(claim: str, premise: str) -> bool:
        asked.append(premise)
        return True

    doubtful = "夜里难入眠的话每天同一时间起来，躺下前手机少看。"
    evidence = {1: Passage("a", "失眠的人应当固定起床时间，睡前少看手机。", "失眠")}
    assert not Verifier(tables).verify(doubtful, (1,), evidence).ok
    assert Verifier(tables, agrees).verify(doubtful, (1,), evidence).ok and asked == ["失眠的人应当固定起床时间，睡前少看手机。"]
    assert not Verifier(tables, agrees).verify("每天吃5毫克华法林，睡前少看手机。", (1,), evidence).ok


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_sentence_quoted_from_the_evidence_always_stands(verifier, data):
    number = data.draw(st.sampled_from([1, 2]))
    start, sentence = data.draw(st.sampled_from(list(spans(EVIDENCE[number].text))))
    mark = data.draw(st.sampled_from(["", f"[{number}]", f" [{number}]"]))
    verdict = verifier.verify(sentence + mark, (number,), EVIDENCE)
    assert verdict.ok and (verdict.quotes[0].start, verdict.quotes[0].end) == (start, start + len(sentence))


@given(st.sampled_from(["39", "500", "4"]), st.integers(1, 2000))
@settings(max_examples=80, deadline=None)
def test_any_changed_number_in_a_quote_is_caught(verifier, old, new):
    sentence = next(s for _, s in spans(TEXT) if old in s)
    assume(str(new) != old)
    assert "support.number" in rules(verifier, sentence.replace(old, str(new), 1), (1,))


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("布洛芬会让降压药的效果变差。", "布洛芬会减弱降压药的作用。"),
        ("每天三次，一次一片。", "每日3次，每次1片。"),
        ("65岁以上的人每年打一次流感疫苗。", "年满65岁及以上的老人应每年接种流感疫苗。"),
        ("烧了超过三天还不退，就去医院。", "发热三天以上不退，应当去医院。"),
        ("Don't breathe steam for croup.", "Steam is not recommended for croup, so do not let a child breathe steam."),
        ("It's used twice a day.", "Use it 2 times daily."),
        ("Losing half of your weight is 50% too much.", "Losing 50 per cent of weight, that is half of it, is too much."),
    ],
)
def test_other_words_for_the_same_are_the_same(tables, said, held):
    assert Verifier(tables).verify(said, (1,), {1: Passage("a", held)}).ok


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("吸烟会降低患肺癌的风险。", "吸烟会增加患肺癌的风险。"),
        ("咳嗽减轻时应去医院。", "咳嗽加重时应去医院。"),
        ("Ibuprofen can lower blood pressure in the elderly.", "Ibuprofen can raise blood pressure in the elderly."),
        ("Alcohol relieves snoring.", "Alcohol worsens snoring."),
    ],
)
def test_a_rise_told_as_a_fall_is_caught(tables, said, held):
    verdict = Verifier(tables).verify(said, (1,), {1: Passage("a", held)})
    assert "support.polarity" in {failure.rule for failure in verdict.failures}


@pytest.fixture(scope="module")
def counted(tables) -> dict[str, Tally]:
    """What was objected to, by kind, in the halves of the banks that were used for tuning."""
    bank = Bank(tables)
    cases = [case for case in (*bank.wrong({"zh": 20, "en": 12}), *bank.untouched(60)) if case.split == "dev"]
    totals: dict[str, Tally] = defaultdict(Tally)
    for (kind, _, _), tally in measure(cases, Verifier(tables)).items():
        totals[kind].hits += tally.hits
        totals[kind].n += tally.n
        totals[kind].missed += tally.missed
    return totals


def test_errors_made_on_purpose_are_caught(counted):
    wrong = [counted[kind] for kind in KINDS]
    assert sum(tally.n for tally in wrong) == 16 * len(KINDS)
    assert sum(tally.hits for tally in wrong) >= 0.95 * 16 * len(KINDS), [m for tally in wrong for m in tally.missed]


def test_a_sentence_that_stands_in_its_source_is_never_objected_to(counted):
    assert (counted["quote"].hits, counted["quote"].n) == (0, 120)


def test_few_honest_paraphrases_are_objected_to(counted):
    for bank in PARAPHRASES:
        assert counted[bank].n >= 100 and counted[bank].hits <= 0.05 * counted[bank].n, counted[bank].missed


def test_the_verifier_knows_no_file_and_no_index():
    folder = Path(ROOT / "retrieval" / "verify")
    imports = [
        line
        for file in folder.glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith(("from ", "import "))
    ]
    assert not [
        line for line in imports if any(name in line for name in ("pathlib", "sqlite3", "retrieval.store", "index", "search", " os"))
    ]
