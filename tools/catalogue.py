"""The tools as a model calls them: BMI, drug lookup, triage. The rules call the same plain functions."""

from __future__ import annotations

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from configs.locales import text
from tools.bmi import SOURCE as BMI_SOURCE
from tools.bmi import bmi
from tools.departments import departments_for
from tools.drugs import lookup_drug
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import clean
from tools.triage import emergency_of, triage

SOURCES = {
    "bmi": (BMI_SOURCE, 2013),
    "drug_lookup": ("knowledge/tables/drugs.csv", 2026),
    "triage": ("knowledge/tables/red_flags.csv", 2026),
}


class BmiArguments(BaseModel):
    """Height in centimetres and weight in kilograms of an adult."""

    height_cm: float = Field(description="height in centimetres, e.g. 170")
    weight_kg: float = Field(description="weight in kilograms, e.g. 65.5")


class DrugArguments(BaseModel):
    """One drug, by any of its names."""

    name: str = Field(description="generic name, brand or abbreviation, Chinese or English", max_length=80)


class TriageArguments(BaseModel):
    """What the patient complains of."""

    symptoms: str = Field(description="the complaints in the patient's own words", max_length=2000)
    age_years: float | None = Field(None, description="age in years, if known", ge=0, le=120)


def make_tools(tables: Tables, language: str) -> list[BaseTool]:
    """Return the tools, answering in ``language``."""

    def bmi_tool(height_cm: float, weight_kg: float) -> str:
        return bmi(height_cm, weight_kg).sentence(language)

    def drug_tool(name: str) -> str:
        return " ".join(lookup_drug(name, tables, language).sentences(language))

    def triage_tool(symptoms: str, age_years: float | None = None) -> str:
        return triage_sentence(symptoms, tables, language, age_years)

    return [
        StructuredTool.from_function(bmi_tool, name="bmi", description=text(language, "tools.bmi_description"), args_schema=BmiArguments),
        StructuredTool.from_function(
            drug_tool, name="drug_lookup", description=text(language, "tools.drug_description"), args_schema=DrugArguments
        ),
        StructuredTool.from_function(
            triage_tool, name="triage", description=text(language, "tools.triage_description"), args_schema=TriageArguments
        ),
    ]


def triage_sentence(symptoms: str, tables: Tables, language: str, age_years: float | None = None) -> str:
    """Return level and department for complaints, in one sentence."""
    words = clean(symptoms)
    months = int(age_years * 12) if age_years is not None else None
    result = triage(words, tables, PatientProfile(age_months=months))
    emergency = emergency_of(result, tables)
    department = (
        tables.departments[emergency.department] if emergency else departments_for(words, tables, PatientProfile(age_months=months))[0]
    )
    level = text(language, f"tools.level_{result.level}")
    return text(language, "tools.triage", level=level, cn_level=result.cn_level, department=department.name.in_(language))
