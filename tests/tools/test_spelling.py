"""Names that are almost right, and never one real drug for another."""

from __future__ import annotations

import csv
import random
from functools import cache

import pytest

from configs.settings import ROOT
from tools.spelling import Speller, sound
from tools.tables import Tables
from tools.text import clean

TABLES = ROOT / "knowledge" / "tables"


@cache
def real_names() -> tuple[tuple[str, str], ...]:
    """Return every name of every drug with the drug."""
    with (TABLES / "drug_names.csv").open(encoding="utf-8", newline="") as file:
        named = [(row["name"], row["drug"]) for row in csv.DictReader(file)]
    with (TABLES / "drugs.csv").open(encoding="utf-8", newline="") as file:
        return (*named, *((row[key], row["id"]) for row in csv.DictReader(file) for key in ("zh", "en")))


SAMPLE = random.Random(20261121).sample(real_names(), 800)
BATCHES = [SAMPLE[start : start + 50] for start in range(0, 800, 50)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("青梅素", "class:penicillins"),
        ("阿莫西淋", "amoxicillin"),
        ("阿莫西林", "amoxicillin"),
        ("阿莫希林", "amoxicillin"),
        ("阿司匹灵", "aspirin"),
        ("头孢克污", "cefixime"),
        ("布洛酚", "ibuprofen"),
        ("布络芬", "ibuprofen"),
        ("阿齐霉素", "azithromycin"),
        ("氧佛沙星", "ofloxacin"),
        ("二甲双呱", "metformin"),
        ("amoxicilin", "amoxicillin"),
        ("amoxycilin", "amoxicillin"),
        ("ibuprofin", "ibuprofen"),
        ("ibuprophen", "ibuprofen"),
        ("ibuprofen", "ibuprofen"),
        ("warfarine", "warfarin"),
        ("asprin", "aspirin"),
        ("acetominophen", "paracetamol"),
        ("metfornin", "metformin"),
        ("azithromicin", "azithromycin"),
    ],
)
@pytest.mark.parametrize("sentence", ["{}", "能吃{}吗？", "Can I take {}?", "我昨天吃了{}，今天好些了"])
def test_a_slip_of_the_pen_is_read_as_it_is_meant(tables: Tables, written: str, meant: str, sentence: str) -> None:
    found = tables.names.find(clean(sentence.format(written)))
    assert [name.words for name in found] == [written]
    assert meant in found[0].references
    assert (found[0].spelled == "") == bool(tables.names.references(written))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("阿莫西林膠囊", "amoxicillin"),
        ("布洛芬緩釋膠囊", "ibuprofen"),
        ("華法林", "warfarin"),
        ("頭孢克肟", "cefixime"),
        ("阿奇黴素", "azithromycin"),
        ("二甲雙胍", "metformin"),
        ("對乙酰氨基酚", "paracetamol"),
        ("ｉｂｕｐｒｏｆｅｎ", "ibuprofen"),
        ("ＷＡＲＦＡＲＩＮ", "warfarin"),
        ("Ａspirin", "aspirin"),
        ("AMOXICILIN", "amoxicillin"),
        ("ａｍｏｘｉｃｉｌｉｎ", "amoxicillin"),
    ],
)
def test_a_name_is_a_name_in_every_script_and_width(tables: Tables, written: str, meant: str) -> None:
    (found,) = tables.names.find(clean(f"能吃{written}吗"))
    assert meant in found.drugs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿莫西林", "阿奇霉素"),
        ("氧氟沙星", "左氧氟沙星"),
        ("头孢克肟", "头孢克洛"),
        ("头孢呋辛", "头孢噻肟"),
        ("头孢曲松", "头孢他啶"),
        ("红霉素", "克拉霉素"),
        ("利福平", "利福昔明"),
        ("甲硝唑", "替硝唑"),
        ("氨氯地平", "非洛地平"),
        ("氯雷他定", "西替利嗪"),
        ("奥美拉唑", "兰索拉唑"),
        ("缬沙坦", "氯沙坦"),
        ("阿托伐他汀", "瑞舒伐他汀"),
        ("卡马西平", "奥卡西平"),
        ("氨溴索", "溴己新"),
        ("hydroxyzine", "hydralazine"),
        ("prednisone", "prednisolone"),
        ("cefixime", "cefaclor"),
        ("clonidine", "clozapine"),
        ("amlodipine", "felodipine"),
        ("ofloxacin", "levofloxacin"),
        ("metronidazole", "metformin"),
        ("chlorpromazine", "clomipramine"),
        ("quinidine", "quinine"),
    ],
)
def test_a_real_drug_is_never_another(tables: Tables, one: str, other: str) -> None:
    for said, not_meant in ((one, other), (other, one)):
        meant, elsewhere = tables.names.references(said), tables.names.references(not_meant)
        assert meant and elsewhere and meant != elsewhere
        (found,) = tables.names.find(f"能吃{said}吗" if said[0] > "z" else f"Can I take {said}?")
        assert (found.words, found.references, found.spelled) == (said, meant, "")
    assert len(tables.names.find(f"{one}、{other}")) == 2


@pytest.mark.parametrize("batch", BATCHES)
def test_every_real_name_is_found_as_itself(tables: Tables, batch: list[tuple[str, str]]) -> None:
    for name, drug in batch:
        found = tables.names.find(clean(name))
        assert [(f.words, f.spelled) for f in found] == [(clean(name), "")], name
        assert drug in found[0].drugs, name


@pytest.mark.parametrize(
    "text",
    [
        "新的安排",
        "请帮我看看新的安全规定",
        "ability and program at the station",
        "I have the ability to walk",
        "the program on the train station",
        "胰岛素分泌",
        "感觉很累，最近睡不好",
        "明天下午三点开会",
        "我想问一下医院怎么走",
        "孩子的作业写完了",
        "please send the invitation by mail",
        "a situation in the nation",
        "他在公司里上班",
        "去北京旅游要带什么",
        "the information about the insurance",
        "她的学习成绩很好",
        "天气越来越冷了",
    ],
)
def test_ordinary_words_are_left_alone(tables: Tables, text: str) -> None:
    assert [name for name in tables.names.find(clean(text)) if name.spelled] == []
    assert [name for name in tables.names.find(clean(text)) if name.drugs and name.words != "胰岛素"] == []


def test_equally_near_names_say_only_what_they_have_in_common() -> None:
    speller = Speller({"头孢甲一", "头孢甲二", "青霉素针"}, set())
    (near,) = speller.find("头孢甲乙", lambda start, end: True)
    assert near.names == ("头孢甲一",)  # it sounds like this one
    (near,) = Speller({"abcdefgh", "abcdefgi"}).find("abcdefgj", lambda start, end: True)
    assert near.names == ("abcdefgh", "abcdefgi")


def test_a_stretch_that_is_a_name_already_is_not_corrected() -> None:
    speller = Speller({"amoxicillin", "阿莫西林"}, set())
    assert [*speller.find("amoxicilin 阿莫西淋", lambda start, end: False)] == []
    assert len([*speller.find("amoxicilin 阿莫西淋", lambda start, end: True)]) == 2
    assert [*speller.find("amoxicillin 阿莫西林", lambda start, end: True)] == []


@pytest.mark.parametrize(("one", "other"), [("林", "淋"), ("青", "亲"), ("兰", "兰"), ("沙", "撒"), ("风", "丰")])
def test_characters_that_most_speakers_say_alike_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("林", "农"), ("肟", "洛"), ("霉", "马"), ("a", "b")])
def test_other_characters_do_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)
