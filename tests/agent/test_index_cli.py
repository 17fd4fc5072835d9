"""The life of an index from the command line: real processes, real files, a stand-alone index that holds nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from configs.settings import ROOT

PASSAGES = [
    {"_id": "p1", "title": "", "text": "白癜风是皮肤色素脱失的疾病，应去皮肤科就诊。"},
    {"_id": "p2", "title": "鼻息肉", "text": "鼻息肉是鼻腔里的良性赘生物，常引起鼻塞。" * 40},
    {"_id": "p4", "title": "血色病的分级标准", "text": ""},
    *({"_id": f"f{number}", "text": f"第{number}条只是填充的文字，与别的无关。"} for number in range(5)),
    {"_id": "p3", "title": "Keratoconus", "text": "Keratoconus thins the cornea and blurs vision.", "metadata": {}},
]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "LANG": "zh_CN.UTF-8", "SHENSI_RETRIEVAL__EMBEDDER": "none", **more}


def execute(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "agent", *arguments]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, env=environment(**more), timeout=120, text=True)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standalone")
    corpus = folder / "corpus.jsonl"
    corpus.write_text("\n".join(json.dumps(passage, ensure_ascii=False) for passage in PASSAGES), encoding="utf-8")
    done = execute("ingest", str(corpus), "--index", str(folder / "index"))
    assert done.returncode == 0 and "新增 9" in done.stdout and "读取" in done.stdout, done.stderr
    return folder / "index"


def test_a_beir_corpus_is_searched_by_lines_and_each_passage_keeps_its_id(index: Path) -> None:
    queries = [{"_id": "q1", "text": "鼻塞是鼻息肉吗"}, {"_id": 2, "text": "blurred vision cornea"}, {"_id": "q3", "text": ""}]
    given = [
        *(json.dumps(query, ensure_ascii=False) for query in queries),
        "not json",
        '{"_id": "q5"}',
        "",
        '{"_id": "q6", "text": "白癜风"}',
    ]
    done = execute("search", "--index", str(index), "--k", "100", "--arm", "bm25", stdin="\n".join(given))
    first, second, empty, bad, textless, last = lines(done)
    assert done.returncode == 1 and done.stderr == ""
    assert first["_id"] == "q1" and [hit["_id"] for hit in first["hits"]].count("p2") == 1 and first["hits"][0]["_id"] == "p2"
    assert set(first["hits"][0]) == {"_id", "chunk", "score", "bm25", "dense", "rerank"}
    assert (second["_id"], second["hits"][0]["_id"], empty["hits"]) == (2, "p3", [])
    assert (bad["_id"], textless["_id"]) == (None, "q5") and "第 4 行" in bad["error"] and "text" in textless["error"]
    assert last["hits"][0]["_id"] == "p1"


def test_a_passage_that_is_a_title_alone_is_found(index: Path) -> None:
    done = execute("search", "--index", str(index), "--arm", "bm25", stdin='{"_id": "q", "text": "血色病分级"}')
    assert lines(done)[0]["hits"][0]["_id"] == "p4"


def test_an_embedding_server_that_is_down_is_admitted(index: Path, tmp_path: Path) -> None:
    server = {"SHENSI_RETRIEVAL__EMBEDDER": "http", "SHENSI_RETRIEVAL__EMBEDDER_URL": "http://127.0.0.1:9/v1"}
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(json.dumps(passage, ensure_ascii=False) for passage in PASSAGES), encoding="utf-8")
    done = execute("ingest", str(corpus), "--index", str(tmp_path / "index"), **server)
    assert done.returncode == 0 and "只能按关键词检索" in done.stderr
    found = execute("search", "--index", str(tmp_path / "index"), stdin='{"_id": "q", "text": "白癜风"}', **server)
    assert lines(found)[0]["hits"][0]["_id"] == "p1" and list(lines(found)[0]["unavailable"]) == ["dense"]


def test_each_result_comes_as_soon_as_its_line_and_a_closed_pipe_is_quiet(index: Path) -> None:
    command = [sys.executable, "-m", "agent", "search", "--index", str(index)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, **streams) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write('{"_id": "a", "text": "白癜风"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["_id"] == "a"
        process.stdout.close()
        process.stdin.write('{"_id": "b", "text": "白癜风"}\n' * 3)
        process.stdin.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ingest", "{folder}", "--collection", "a/b"), "a/b"),
        (("ingest", "{folder}", "--collection", "knowledge"), "自带"),
        (("ingest", "--index", "{folder}"), "文件"),
        (("ingest", "{folder}/nowhere", "--index", "{folder}"), "找不到"),
        (("search", "--index", "{folder}/nowhere"), "没有索引"),
        (("search", "--index", "{index}", "--k", "0"), "1000"),
        (("search", "--index", "{index}", "--arm", "dense"), "dense"),
        (("search", "--index", "{index}", "--arm", "rerank"), "rerank"),
        (("search", "--index", "{index}", "--collection", "none"), "own"),
        (("collections", "remove", "--index", "{index}"), "remove"),
        (("collections", "remove", "none", "--index", "{index}"), "own"),
        (("collections", "search", "own", "--index", "{index}"), "--query"),
        (("collections", "export", "own", "--index", "{index}", "--output", "{folder}/no/such/folder"), "不能写"),
    ],
)
def test_a_wrong_call_gets_one_sentence_and_status_2(index: Path, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = execute(*(argument.format(folder=tmp_path, index=index) for argument in arguments))
    assert done.returncode == 2 and words in done.stderr and len(done.stderr.splitlines()) == 1 and done.stdout == "", done


def test_collections_are_listed_searched_exported_and_removed(index: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.write_text("# 门诊\n\n失眠门诊在三楼。\n\n" + "".join(f"## 第{n}节\n\n其他内容。\n\n" for n in range(5)), encoding="utf-8")
    two.write_text("# 药房\n\n夜间药房在一楼。", encoding="utf-8")
    mine = ("--index", str(tmp_path / "mine"))
    assert execute("ingest", str(one), "--collection", "门诊", *mine).returncode == 0
    assert execute("ingest", str(two), "--collection", "pharmacy", *mine).returncode == 0
    listed = lines(execute("collections", "list", "--json", *mine))
    assert [(row["name"], row["documents"], row["languages"]) for row in listed] == [("pharmacy", 1, {"zh": 1}), ("门诊", 1, {"zh": 6})]
    assert "门诊" in execute("collections", "list", *mine).stdout
    found = execute("collections", "search", "门诊", "--query", "药房 失眠 在几楼", *mine).stdout
    assert "三楼" in found and "一楼" not in found
    exported = execute("collections", "export", "门诊", "pharmacy", *mine)
    assert {row["title"] for row in lines(exported)} == {"门诊", "药房"}
    assert "1 篇文档" in execute("collections", "remove", "门诊", *mine).stdout
    assert [row["name"] for row in lines(execute("collections", "list", "--json", *mine))] == ["pharmacy"]
    builtin = execute("collections", "remove", "knowledge", "--index", str(index), "--lang", "en")
    assert builtin.returncode == 2


def test_watch_follows_a_folder_until_ctrl_c(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# 甲\n\n第一篇。", encoding="utf-8")
    command = [sys.executable, "-m", "agent", "ingest", str(folder), "--watch", "--index", str(tmp_path / "index")]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            assert "新增 1" in process.stdout.readline() and "用时" in process.stdout.readline()
            assert "Ctrl-C" in process.stdout.readline()
            (folder / "b.md").write_text("# 乙\n\n第二篇。", encoding="utf-8")
            assert process.stdout.readline() == f"新增 {folder / 'b.md'}\n"
            (folder / "a.md").unlink()
            assert process.stdout.readline() == f"移除 {folder / 'a.md'}\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
    exported = lines(execute("collections", "export", "own", "--index", str(tmp_path / "index")))
    assert [row["title"] for row in exported] == ["乙"]


def test_an_index_of_its_own_lies_in_its_folder_wherever_that_of_the_profile_lives(tmp_path: Path) -> None:
    corpus, away = tmp_path / "corpus.jsonl", {"SHENSI_RETRIEVAL__INDEX_URL": "postgresql://doctor:secret@127.0.0.1:9/index"}
    texts = ("白癜风应去皮肤科就诊。", "失眠的人睡前少看手机。", "咳嗽的人应当戒烟。")
    corpus.write_text("".join(json.dumps({"_id": f"p{n}", "text": text}) + "\n" for n, text in enumerate(texts, 1)), encoding="utf-8")
    alone = ("--index", str(tmp_path / "alone"))
    assert execute("ingest", str(corpus), *alone, **away).returncode == 0
    found = execute("search", *alone, stdin='{"_id": "q", "text": "白癜风"}', **away)
    assert lines(found)[0]["hits"][0]["_id"] == "p1"
    refused = execute("collections", "list", SHENSI_STORAGE__DATA_DIR=str(tmp_path / "data"), **away)
    assert refused.returncode != 0 and "127.0.0.1" in refused.stderr and "secret" not in refused.stderr + refused.stdout
