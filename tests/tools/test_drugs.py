"""Drug lookup."""

from __future__ import annotations

import pytest

from tools.drugs import drug_card, lookup_drug
from tools.errors import UnknownDrug
from tools.tables import Tables


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("阿莫西林", "amoxicillin"),
        ("Amoxicillin", "amoxicillin"),
        ("芬必得", "ibuprofen"),
        ("ADVIL", "ibuprofen"),
        (" Panadol ", "paracetamol"),
        ("扑热息痛", "paracetamol"),
        ("Viagra", "sildenafil"),
        ("ASA", "aspirin"),
        ("青霉素G", "benzylpenicillin"),
        ("ｗａｒｆａｒｉｎ", "warfarin"),
    ],
)
def test_generic_brand_and_abbreviation_lead_to_the_drug(tables: Tables, name: str, drug: str) -> None:
    assert lookup_drug(name, tables, "zh").id == drug


@pytest.mark.parametrize("name", ["qwertycillin", "艾绒酮", "", "   ", "吃阿莫西林吗", "高血压", "酒", "x" * 500, "\u200b"])
def test_an_unknown_name_is_never_called_safe(tables: Tables, name: str) -> None:
    with pytest.raises(UnknownDrug) as caught:
        lookup_drug(name, tables, "en")
    assert "could not be verified" in caught.value.message("en")
    assert "未能核查" in caught.value.message("zh")
    assert len(caught.value.message("en")) < 300


def test_the_card_names_both_languages_and_its_source(tables: Tables) -> None:
    zh, en = drug_card("amoxicillin", tables, "zh"), drug_card("amoxicillin", tables, "en")
    assert (zh.name, zh.other_name) == ("阿莫西林", "amoxicillin")
    assert (en.name, en.other_name) == ("amoxicillin", "阿莫西林")
    assert zh.source and zh.year > 1900 and zh.rx == "rx"


def test_a_combination_names_its_ingredients(tables: Tables) -> None:
    card = drug_card("amoxicillin_clavulanic_acid", tables, "en")
    assert "amoxicillin" in card.ingredients and len(card.ingredients) == 2
    assert any("amoxicillin" in line and "contains" in line for line in card.sentences("en"))


def test_groups_that_only_serve_the_checks_are_not_shown_as_the_class(tables: Tables) -> None:
    shown = {tables.classes[key].name.en for key in ("qt_prolonging", "serotonergic") if key in tables.classes}
    assert all(not shown & set(drug_card(key, tables, "en").classes) for key in tables.drugs)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_drug_has_a_card_whose_lines_are_sentences(tables: Tables, language: str) -> None:
    for key in tables.drugs:
        lines = drug_card(key, tables, language).sentences(language)
        assert len(lines) >= 3
        assert all(line and "{" not in line and not line[0].islower() for line in lines), key
