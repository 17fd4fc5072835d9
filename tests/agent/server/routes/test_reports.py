"""Reports over HTTP: nothing is kept but what was confirmed, and that as the document's words."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from agent.client import Client, ClientError, Invalid
from agent.wire.reports import ConfirmedValue, ReportRead
from tests.support.reports import CHECK_UP, ZH, ZH_HEAD, lines_pdf, table_pdf, table_xlsx


def confirmed(read: ReportRead) -> list[ConfirmedValue]:
    return [ConfirmedValue(**value.model_dump(include=set(ConfirmedValue.model_fields))) for value in read.values]


def test_what_is_read_is_not_kept_and_no_file_stays(somebody: Callable[[], Client], tmp_path: Path) -> None:
    before, client = set(os.listdir(tempfile.gettempdir())), somebody()
    read = client.reports.read(table_pdf(tmp_path / "r.pdf", ZH, ZH_HEAD), "血常规.pdf")
    assert (read.file, read.date, len(read.values)) == ("血常规.pdf", "2026-03-14", 6)
    assert client.memory.facts() == [] and client.memory.waiting() == [] and client.reports.series() == []
    assert not [name for name in set(os.listdir(tempfile.gettempdir())) - before if name.startswith("shensi-") and "pid" not in name]


def test_what_was_confirmed_holds_as_the_documents_words_and_says_when(somebody: Callable[[], Client], tmp_path: Path) -> None:
    client = somebody()
    read = client.reports.read(table_pdf(tmp_path / "r.pdf", ZH, ZH_HEAD), "r.pdf")
    client.reports.confirm(confirmed(read)[:2], measured=date(2026, 3, 14), person="mother", file="r.pdf")
    facts = client.memory.facts("mother")
    assert [(fact.speaker, fact.confirmed, fact.kind, fact.references) for fact in facts] == [
        ("document", True, "lab", ("measure:alt",)),
        ("document", True, "lab", ("measure:ast",)),
    ]
    assert facts[0].value == "ALT 56 U/L (9-50; 2026-03-14)" and "丙氨酸氨基转移酶" in facts[0].quote
    assert client.memory.facts("self") == [] and client.memory.waiting() == []


def test_values_of_several_reports_make_a_series_and_an_older_report_replaces_nothing(
    somebody: Callable[[], Client], tmp_path: Path
) -> None:
    client = somebody()
    new = client.reports.read(table_xlsx(tmp_path / "r.xlsx", ZH, ZH_HEAD), "new.xlsx")
    old = client.reports.read(lines_pdf(tmp_path / "r.pdf", CHECK_UP), "old.pdf")
    for read in (new, old):
        client.reports.confirm(confirmed(read), measured=date.fromisoformat(read.date), file=read.file)
    series = {one.key: one for one in client.reports.series()}
    assert [(point.date, point.number, point.low, point.high, point.mark) for point in series["alt"].points] == [
        ("2025-11-02", 35.0, 9.0, 50.0, "normal"),
        ("2026-03-14", 56.0, 9.0, 50.0, "high"),
    ]
    assert series["blood_pressure"].points[0].mark == "high" and series["blood_pressure"].points[0].number is None
    assert next(fact for fact in client.memory.facts() if "measure:alt" in fact.references).value.startswith("ALT 56")


def test_what_the_patient_corrected_is_what_holds(somebody: Callable[[], Client]) -> None:
    client = somebody()
    client.reports.confirm([ConfirmedValue(name="钾", result="5.9", unit="mmol/L", reference="3.5-5.3")], measured=date(2026, 1, 1))
    (point,) = client.reports.series()[0].points
    assert (point.result, point.mark) == ("5.9", "high")


def test_a_forgotten_value_is_in_no_series(somebody: Callable[[], Client]) -> None:
    client = somebody()
    client.reports.confirm([ConfirmedValue(name="钾", result="4.1", unit="mmol/L")], measured=date(2026, 1, 1))
    client.memory.forget(client.memory.facts()[0].id)
    assert client.reports.series() == []


def test_nobody_sees_the_values_of_somebody_else(somebody: Callable[[], Client]) -> None:
    somebody().reports.confirm([ConfirmedValue(name="钾", result="4.1", unit="mmol/L")], measured=date(2026, 1, 1))
    assert somebody().reports.series() == []


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("photo.png", b"\x89PNG", 415, "照片和扫描件读不了"),
        ("r.pdf", b"hello", 422, "r.pdf"),
        ("r.xlsx", b"PK\x03\x04", 422, "r.xlsx"),
        ("../r.pdf", b"%PDF-", 422, ""),
        ("big.csv", b"a,1\n" * 5_300_000, 413, ""),
    ],
    ids=["a picture", "no PDF", "no workbook", "a path", "too large"],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(caller: Client, name: str, content: bytes, status: int, words: str) -> None:
    with pytest.raises(ClientError) as caught:
        caller.reports.read(content, name)
    assert caught.value.status == status
    assert words in caught.value.message("zh") and "/tmp" not in caught.value.message("zh")


def test_too_many_or_too_long_values_are_refused(caller: Client) -> None:
    with pytest.raises(Invalid):
        caller.send(_raw([]))
    with pytest.raises(Invalid):
        caller.send(_raw([{"name": "x" * 61, "result": "1"}]))
    with pytest.raises(Invalid):
        caller.send(_raw([{"name": "x", "result": "1"}] * 301))


def _raw(values: list[dict[str, str]]):  # type: ignore[no-untyped-def]
    from agent.client.calls import Call
    from agent.wire.record import FactItem

    return Call(list[FactItem], "POST", "/v1/reports/confirm", json={"date": "2026-01-01", "values": values})
