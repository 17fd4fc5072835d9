"""bge-m3 and bge-reranker: FlagEmbedding's real code on a tiny model with random weights."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from configs.settings import RetrievalSettings
from retrieval.cooldown import reason_of
from retrieval.corpus import Corpus
from retrieval.embed import make_embedder
from retrieval.embed.bge_m3 import BgeM3, SparseBgeM3
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.errors import EmbedderUnavailable, RerankerUnavailable
from retrieval.flag import halving
from retrieval.index import Index
from retrieval.ingest_text import embedded_text
from retrieval.rerank import make_reranker
from retrieval.sparse import make_sparse, sparse_scores
from tests.support.tiny_bge import DIMENSION, SENTENCES, build

from .conftest import page

HOSTILE = ["\ufdfa" * 50, "a\0b", "\ud800", "", " ", "痛" * 3000, "<s> </s> <mask>", "🩺" * 50]
Open = Callable[..., RetrievalSettings]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The models' folders, built once however many processes run tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tiny-bge"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            build(folder.with_suffix(".part"))
            folder.with_suffix(".part").rename(folder)
    return folder / "bge-m3", folder / "bge-reranker"


@pytest.fixture
def settings(models: tuple[Path, Path]) -> Open:
    def make(**changes: object) -> RetrievalSettings:
        values: dict[str, object] = {
            "embedder": "bge-m3",
            "embedder_model": str(models[0]),
            "embedder_dimension": DIMENSION,
            "reranker": "bge-reranker",
            "reranker_model": str(models[1]),
            "sparse": True,
            "provider_cooldown_s": 0.0,
        }
        return RetrievalSettings(**(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def embedder(settings: Open) -> Iterator[SparseBgeM3]:
    engine = make_embedder(settings())
    assert isinstance(engine, SparseBgeM3)
    yield engine
    engine.close()


def test_vectors_and_weights_are_those_of_flagembedding(embedder, models):
    from FlagEmbedding import BGEM3FlagModel

    theirs = BGEM3FlagModel(str(models[0]), use_fp16=False, devices="cpu")
    wanted = theirs.encode(SENTENCES, return_sparse=True)
    vectors, weights = embedder.embed_passages_both(SENTENCES)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, wanted["dense_vecs"], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    names = theirs.tokenizer.convert_ids_to_tokens
    for ours, other in zip(weights, wanted["lexical_weights"], strict=True):
        assert ours == pytest.approx({names(int(i)): float(w) for i, w in other.items()}, abs=1e-4) and ours
    scores = [[sum(w * b.get(t, 0.0) for t, w in a.items()) for b in weights] for a in weights]
    pairs = theirs.compute_lexical_matching_score(wanted["lexical_weights"], wanted["lexical_weights"])
    np.testing.assert_allclose(scores, pairs, atol=1e-2)


def test_scores_are_those_of_flagembedding_and_belong_to_their_passages(settings, models):
    from FlagEmbedding import FlagReranker

    theirs, engine = FlagReranker(str(models[1]), use_fp16=False, devices="cpu"), make_reranker(settings(provider_batch=5))
    scores = engine.score("嗓子疼怎么办", SENTENCES)
    engine.close()
    np.testing.assert_allclose(scores, theirs.compute_score([("嗓子疼怎么办", text) for text in SENTENCES], normalize=True), atol=1e-4)
    assert scores.dtype == np.float64 and ((scores >= 0) & (scores <= 1)).all() and scores.std() > 0.01
    assert make_reranker(settings()).score("嗓子疼", []).shape == (0,)


def test_nothing_is_loaded_before_the_first_call_and_a_model_that_appears_later_serves(settings, models, tmp_path):
    late = settings(embedder_model=str(tmp_path / "m3"), reranker_model=str(tmp_path / "reranker"))
    embedder, reranker = make_embedder(late), make_reranker(late)
    with pytest.raises(EmbedderUnavailable) as first:
        embedder.embed_queries(["咽痛"])
    with pytest.raises(RerankerUnavailable) as second:
        reranker.score("咽痛", ["咽痛"])
    assert (first.value.code, second.value.code) == ("embedder_failed", "reranker_failed")
    assert reason_of(embedder) and reason_of(reranker)
    shutil.copytree(models[0], tmp_path / "m3")
    shutil.copytree(models[1], tmp_path / "reranker")
    assert embedder.embed_queries(["咽痛"]).shape == (1, DIMENSION) and len(reranker.score("咽痛", ["咽痛"])) == 1
    assert reason_of(embedder) is None and reason_of(reranker) is None
    embedder.close()
    reranker.close()


def test_concurrent_callers_get_their_own_vectors_from_one_thread(embedder):
    alone = embedder.embed_passages(SENTENCES)
    threads: set[int] = set()
    forward = embedder._forward

    def watched(texts):
        threads.add(threading.get_ident())
        return forward(texts)

    embedder._forward = watched
    with ThreadPoolExecutor(len(SENTENCES)) as pool:
        found = list(pool.map(lambda text: embedder.embed_passages([text])[0], SENTENCES * 4))
    np.testing.assert_allclose(found, np.tile(alone, (4, 1)), atol=1e-5)
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_the_vector_and_the_weights_of_a_question_cost_one_pass(embedder):
    passes: list[int] = []
    forward = embedder._forward
    embedder._forward = lambda texts: passes.append(len(texts)) or forward(texts)
    embedder.embed_queries(["嗓子疼怎么办"])
    assert embedder.embed_sparse_queries(["嗓子疼怎么办"])[0] and passes == [1]
    assert len(embedder.embed_queries(["嗓子疼怎么办", "拉肚子", "拉肚子"])) == 3 and passes == [1, 1]
    for number in range(100):
        embedder.embed_queries([f"问题 {number}"])
    assert len(embedder._recent) == embedder.RECENT


def test_hostile_text_gives_unit_vectors_and_scores(embedder, settings):
    vectors = embedder.embed_queries(HOSTILE)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    reranker = make_reranker(settings())
    for text in HOSTILE:
        assert np.isfinite(reranker.score(text, HOSTILE)).all()
    reranker.close()


def test_a_model_of_another_length_is_refused_with_both_lengths(settings):
    engine = make_embedder(settings(embedder_dimension=1024))
    with pytest.raises(EmbedderUnavailable) as raised:
        engine.embed_queries(["咽痛"])
    engine.close()
    assert raised.value.code == "embedder_dimension" and (raised.value.values["got"], raised.value.values["wanted"]) == (DIMENSION, 1024)


def test_close_ends_the_thread_and_the_model_is_gone(settings):
    engine = make_embedder(settings())
    engine.embed_queries(["咽痛"])
    assert any(thread.name == f"model {engine.name}" for thread in threading.enumerate())
    engine.close()
    assert not any(thread.name == f"model {engine.name}" for thread in threading.enumerate())
    with pytest.raises(EmbedderUnavailable) as raised:
        engine.embed_queries(["咽痛"])
    assert raised.value.code == "provider_closed"


def test_a_batch_that_does_not_fit_into_memory_is_halved():
    import torch

    sizes: list[int] = []

    def run(items: list[int]) -> list[int]:
        sizes.append(len(items))
        if len(items) > 2:
            raise torch.OutOfMemoryError
        return [item + 1 for item in items]

    assert halving(run, list(range(7))) == list(range(1, 8)) and max(sizes[1:]) < 7
    with pytest.raises(torch.OutOfMemoryError):
        halving(lambda items: run([*items, 0, 0]), [1])


def test_without_the_sparse_arm_no_weights_are_kept(settings, tmp_path):
    engine = make_embedder(settings(sparse=False))
    cached = CachedEmbedder(engine, VectorCache(tmp_path / "cache.sqlite3"))
    assert isinstance(engine, BgeM3) and cached.sparse is None and make_sparse(settings(sparse=False), cached) is None
    cached.embed_passages(["咽痛"])
    assert cached.known_weights(["咽痛"]) == [None] and sparse_scores(None, None, "咽痛", 5) is None
    cached.close()


class Library:
    """Documents, an index of them without vectors, and the sparse arm over it."""

    def __init__(self, folder: Path, settings: RetrievalSettings) -> None:
        self.documents, self.index = folder / "documents", Index(RetrievalSettings(embedder="none"), folder / "data")
        self.cache = VectorCache(folder / "cache.sqlite3")
        self.embedder = CachedEmbedder(make_embedder(settings), self.cache)
        self.arm = make_sparse(settings, self.embedder)

    def corpus(self) -> Corpus:
        self.index.ingest([self.documents])
        return self.index.corpus

    def expected(self, corpus: Corpus, query: str) -> dict[int, float]:
        wanted = self.embedder.question_weights(query)
        rows = self.embedder.known_weights([embedded_text(chunk) for chunk in corpus.chunks])
        scores = {n: sum(w * (row or {}).get(t, 0.0) for t, w in wanted.items()) for n, row in enumerate(rows)}
        scores = {n: scores[n] for n in corpus.numbers.values()}
        return {n: score for n, score in scores.items() if score > 0}

    def close(self) -> None:
        self.embedder.close()
        self.cache.close()
        self.index.close()


def write(folder: Path, numbers: range) -> None:
    for number in numbers:
        page(folder, f"zh-{number}", f"文章 {number}", f"## 怎么办\n{SENTENCES[number % len(SENTENCES)]}")


def test_the_sparse_arm_follows_a_corpus_that_changes(settings, tmp_path):
    library = Library(tmp_path, settings())
    write(library.documents, range(12))
    corpus = library.corpus()
    assert library.arm.scores(corpus, "喝温水", 100) == {}
    library.arm.prepare(corpus.chunks)
    for step in (range(0), range(12, 14), range(14, 15), range(15, 30)):
        write(library.documents, step)
        for number in step[:1]:
            (library.documents / f"zh-{number - 10}.md").unlink()
        corpus = library.corpus()
        library.arm.prepare(corpus.chunks)
        found = sparse_scores(library.arm, corpus, "喝温水，看医生", 100)
        assert found == pytest.approx(library.expected(corpus, "喝温水，看医生"), abs=1e-5) and len(found) > 5
        assert list(found.values()) == sorted(found.values(), reverse=True)
        mask = np.arange(len(corpus.chunks)) % 2 == 0
        assert library.arm.scores(corpus, "喝温水，看医生", 3, mask).keys() <= set(np.flatnonzero(mask).tolist())
    library.close()


def test_after_a_restart_no_passage_is_computed_again(settings, models, tmp_path):
    library = Library(tmp_path, settings())
    write(library.documents, range(6))
    corpus = library.corpus()
    library.embedder.embed_passages([embedded_text(chunk) for chunk in corpus.chunks])
    before = library.arm.scores(corpus, "喝温水", 10)
    library.close()
    again = Library(tmp_path, settings())
    passes: list[list[str]] = []
    engine = again.embedder._embedder
    forward = engine._forward
    engine._forward = lambda texts: passes.append(texts) or forward(texts)
    corpus = again.corpus()
    again.arm.prepare(corpus.chunks)
    assert passes == [] and before
    assert again.arm.scores(corpus, "喝温水", 10) == before and passes == [["喝温水"]]
    again.close()


def test_a_search_with_all_three_models_uses_every_arm(settings, open_retriever, documents):
    retriever = open_retriever(settings())
    retriever.ingest([documents])
    found = retriever.search("嗓子疼怎么办")
    assert set(found.arms) == {"bm25", "dense", "sparse", "rerank"} and found.unavailable == {}
    assert all(0 <= hit.rerank <= 1 for hit in found.hits if not hit.pulled)
    assert retriever.search("咽痛", arm="sparse").hits


def test_the_sparse_arm_can_be_switched_on_later(settings, open_retriever, documents):
    retriever = open_retriever(settings(sparse=False, reranker="none"))
    retriever.ingest([documents])
    wanted = retriever.status().chunks
    assert "sparse" not in retriever.search("咽痛怎么办").arms
    retriever.close()
    again = open_retriever(settings(reranker="none"))
    assert again._index._cache.count_weights(again.embedder.name) == wanted
    assert len(again.search("咽痛怎么办？多喝温水", arm="sparse", k=50).hits) > 1


def test_a_document_that_is_gone_leaves_no_weights_behind(settings, open_retriever, documents):
    retriever = open_retriever(settings(reranker="none"))
    retriever.ingest([documents])
    for path in documents.glob("zh-*.md"):
        path.unlink()
    retriever.ingest([documents])
    found = retriever.search("咽痛怎么办？多喝温水", arm="sparse", k=50)
    assert {hit.chunk.language for hit in found.hits} <= {"en"}
    assert retriever._index._cache.count_weights(retriever.embedder.name) == retriever.status().chunks
