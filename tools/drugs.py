"""Drug lookup: what a name stands for, in one card."""

from __future__ import annotations

from dataclasses import dataclass

from configs.locales import text
from tools.errors import UnknownDrug
from tools.tables import Tables


@dataclass(frozen=True, slots=True)
class DrugCard:
    """What the tables know of a drug, in the reader's language."""

    id: str
    name: str
    other_name: str
    classes: tuple[str, ...]
    ingredients: tuple[str, ...]
    rx: str
    use: str
    caution: str
    source: str
    year: int

    def sentences(self, language: str) -> list[str]:
        """Return the card as sentences that stand alone."""
        joiner = text(language, "findings.joiner")
        lines = []
        if self.classes:
            lines.append(text(language, "tools.drug_class", name=self.name, classes=joiner.join(self.classes)))
        if self.ingredients:
            lines.append(text(language, "tools.drug_ingredients", name=self.name, ingredients=joiner.join(self.ingredients)))
        lines.append(text(language, "tools.drug_use", name=self.name, use=self.use))
        lines.append(text(language, f"tools.drug_{self.rx}", name=self.name))
        lines.append(text(language, "tools.drug_caution", name=self.name, caution=self.caution))
        return [line[0].upper() + line[1:] for line in lines]


# Functional groups help the checks but are no answer to "what kind of drug is this?".
_FUNCTIONAL = {"qt_prolonging", "serotonergic", "cyp3a4_inhibitors", "cyp3a4_inducers", "cns_depressants", "beta_lactams"}


def drug_card(reference: str, tables: Tables, language: str) -> DrugCard:
    """Return the card of a drug id."""
    drug = tables.drugs[reference]
    other = "en" if language == "zh" else "zh"
    return DrugCard(
        id=drug.id,
        name=drug.name.in_(language),
        other_name=drug.name.in_(other),
        classes=tuple(tables.classes[key].name.in_(language) for key in drug.classes if key not in _FUNCTIONAL),
        ingredients=tuple(tables.drugs[part].name.in_(language) for part in drug.ingredients),
        rx=drug.rx,
        use=drug.use.in_(language),
        caution=drug.caution.in_(language),
        source=drug.origin.source,
        year=drug.origin.year,
    )


def lookup_drug(name: str, tables: Tables, language: str) -> DrugCard:
    """Look a drug up by generic name, brand or abbreviation in either language.

    Raises:
        UnknownDrug: no table has this name; that is no statement about its safety.
    """
    drugs = sorted(r for r in tables.names.references(name) if r in tables.drugs)
    if not drugs:
        raise UnknownDrug("unknown_drug", name=name[:60])
    return drug_card(drugs[0], tables, language)
