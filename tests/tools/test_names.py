"""Finding names in running text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.names import NameIndex
from tools.tables import Tables
from tools.text import clean


@pytest.fixture
def index() -> NameIndex:
    names = NameIndex()
    for name, reference in (
        ("磺胺", "class:sulfonamides"),
        ("磺胺甲噁唑", "sulfamethoxazole"),
        ("复方磺胺甲噁唑", "co_trimoxazole"),
        ("aspirin", "aspirin"),
        ("aspirin", "group:aspirin"),
        ("ASA", "aspirin"),
        ("vitamin b", "vitamin_b"),
        ("vitamin b12", "cobalamin"),
        ("青霉素", "class:penicillins"),
        ("酒", "food:alcohol"),
        ("高血压", "condition:hypertension"),
    ):
        names.add(name, reference)
    return names.freeze()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("复方磺胺甲噁唑", ["复方磺胺甲噁唑"]),
        ("磺胺甲噁唑和磺胺", ["磺胺甲噁唑", "磺胺"]),
        ("磺胺类药", ["磺胺"]),
        ("take vitamin b12 daily", ["vitamin b12"]),
        ("take vitamin b daily", ["vitamin b"]),
    ],
)
def test_the_longest_name_wins(index: NameIndex, text: str, words: list[str]) -> None:
    assert [name.words for name in index.find(text)] == words


@pytest.mark.parametrize("text", ["nasal", "casa", "aspirinx", "xaspirin", "aspirin2", "asap", "vitamin b123"])
def test_a_latin_name_inside_a_longer_word_is_not_found(index: NameIndex, text: str) -> None:
    assert [name.words for name in index.find(text) if name.words != "vitamin b"] == []


@pytest.mark.parametrize(
    "text", ["Aspirin", "ASPIRIN.", "(aspirin)", "吃aspirin吗", "aspirin's", "low-dose aspirin-like", "ａｓｐｉｒｉｎ"]
)
def test_a_latin_name_is_found_whatever_stands_around_it(index: NameIndex, text: str) -> None:
    assert [name.references for name in index.find(clean(text))] == [frozenset({"aspirin", "group:aspirin"})]


def test_a_plural_counts_as_the_name(index: NameIndex) -> None:
    assert [name.words for name in index.find("two aspirins a day")] == ["aspirin"]
    assert index.find("aspirinss") == []


def test_the_place_of_a_name_is_its_place_in_the_text(index: NameIndex) -> None:
    text = "İ 我对青霉素过敏，吃 ASPIRIN"
    for name in index.find(text):
        assert text[name.start : name.end] == name.words
    assert [name.words for name in index.find(text)] == ["青霉素", "ASPIRIN"]


def test_a_name_gives_the_drug_before_the_class_and_keeps_its_other_kinds(index: NameIndex) -> None:
    (aspirin,) = index.find("aspirin")
    assert aspirin.drugs == {"aspirin"}
    assert aspirin.of("group") == {"group:aspirin"}
    (penicillin,) = index.find("青霉素")
    assert penicillin.drugs == {"class:penicillins"}
    (wine,) = index.find("酒")
    assert wine.drugs == frozenset() and wine.of("food") == {"food:alcohol"}
    (illness,) = index.find("高血压")
    assert illness.drugs == frozenset() and illness.of("condition") == {"condition:hypertension"}


def test_exact_references_need_the_whole_name(index: NameIndex) -> None:
    assert index.references(" Aspirin ") == {"aspirin", "group:aspirin"}
    assert index.references("aspirin tablets") == frozenset()
    assert index.references("") == frozenset()


def test_an_empty_name_is_never_added() -> None:
    names = NameIndex()
    names.add("\u200b", "nothing")
    names.add("x", "something")
    assert names.freeze().find("y") == []


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("我吃了芬必得", "ibuprofen"),
        ("Panadol for the headache", "paracetamol"),
        ("复方磺胺甲噁唑片", "co_trimoxazole"),
        ("万艾可", "sildenafil"),
        ("青霉素V钾片", "phenoxymethylpenicillin"),
        ("NSAIDs", "class:nsaids"),
        ("阿莫西林克拉维酸钾", "amoxicillin_clavulanic_acid"),
        ("硝酸甘油", "glyceryl_trinitrate"),
    ],
)
def test_the_real_names_lead_to_their_drug(tables: Tables, text: str, reference: str) -> None:
    (name,) = tables.names.find(text)
    assert reference in name.drugs


@given(st.text(max_size=60))
def test_names_found_never_overlap(text: str) -> None:
    names = NameIndex()
    for name in ("a", "ab", "bc", "磺胺", "胺甲", "1a"):
        names.add(name, name)
    found = names.freeze().find(clean(text))
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text(alphabet="ab 磺胺甲", max_size=40))
def test_every_name_found_was_added(text: str) -> None:
    names = NameIndex()
    for name in ("a", "ab", "磺胺", "磺胺甲"):
        names.add(name, name)
    assert all(found.words in ("a", "ab", "磺胺", "磺胺甲") for found in names.freeze().find(text))


@pytest.mark.parametrize("words", ["维生素D", "维生素 D", "维生素 B12", "维生素Ｂ12"])
def test_a_space_between_the_scripts_makes_no_other_name(tables: Tables, words: str) -> None:
    assert tables.names.references(words) == tables.names.references(words.replace(" ", ""))
    found = tables.names.find(clean(f"每天吃{words}可以吗"))
    assert [name.drugs for name in found] == [tables.names.references(words)]
