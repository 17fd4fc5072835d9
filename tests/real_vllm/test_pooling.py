"""Our HTTP providers against real vLLM pooling servers, whose tiny models transformers computes beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from configs.settings import RetrievalSettings
from retrieval.embed.http import HttpEmbedder
from retrieval.errors import EmbedderUnavailable, RerankerUnavailable
from retrieval.rerank.http import HttpReranker
from retrieval.search import Retriever
from tests.real_vllm.conftest import MODELS, SCORES, VECTORS
from tests.support.tiny_bge import DIMENSION, SENTENCES

NEAR = 2e-3
Computed = Callable[[str, list[Any]], NDArray[np.float64]]


@pytest.fixture
def settings() -> RetrievalSettings:
    return RetrievalSettings(
        embedder="http",
        embedder_url=VECTORS,
        embedder_dimension=DIMENSION,
        reranker="http",
        reranker_url=SCORES,
        provider_timeout_s=60.0,
        provider_batch=8,
    )


@pytest.fixture
def embedder(settings: RetrievalSettings) -> Iterator[HttpEmbedder]:
    with closing(HttpEmbedder(settings)) as made:
        yield made


@pytest.fixture
def reranker(settings: RetrievalSettings) -> Iterator[HttpReranker]:
    with closing(HttpReranker(settings)) as made:
        yield made


@pytest.fixture(scope="module")
def computed() -> Computed:
    """What transformers makes of the same weights: the first token's vector at length 1, or the probability."""
    import torch
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    def compute(name: str, texts: list[Any]) -> NDArray[np.float64]:
        folder = Path(MODELS) / name
        kind = AutoModel if name == "bge-m3" else AutoModelForSequenceClassification
        model, words = kind.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
        with torch.no_grad():
            told = model(**words(texts, padding=True, return_tensors="pt"))
        if name == "bge-m3":
            return np.asarray(torch.nn.functional.normalize(told.last_hidden_state[:, 0], dim=-1).double().numpy())
        return np.asarray(told.logits.squeeze(-1).sigmoid().double().numpy())

    return compute


def test_vectors_of_vllm_are_those_of_the_model(embedder: HttpEmbedder, computed: Computed) -> None:
    vectors = embedder.embed_passages(SENTENCES)
    assert vectors.shape == (len(SENTENCES), DIMENSION) and np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    wanted = computed("bge-m3", SENTENCES)
    assert np.abs(vectors - wanted).max() < NEAR
    spread = (wanted @ wanted.T)[~np.eye(len(SENTENCES), dtype=bool)]
    assert spread.min() < 0.9, "the sentences must differ, or the comparison says nothing"
    assert np.abs(embedder.embed_queries(SENTENCES[:1]) - vectors[:1]).max() < NEAR, "alone as in a batch"


def test_scores_of_vllm_are_those_of_the_model(reranker: HttpReranker, computed: Computed) -> None:
    scores = reranker.score(SENTENCES[0], SENTENCES[1:])
    wanted = computed("bge-reranker", [[SENTENCES[0], passage] for passage in SENTENCES[1:]])
    assert scores.shape == wanted.shape and np.abs(scores - wanted).max() < NEAR and np.ptp(wanted) > 0.05


def test_a_text_beyond_the_context_is_shortened_and_still_has_a_vector(embedder: HttpEmbedder, reranker: HttpReranker) -> None:
    long = "".join(SENTENCES) * 40
    vectors = embedder.embed_passages([SENTENCES[0], long, SENTENCES[1]])
    assert vectors.shape == (3, DIMENSION) and np.isfinite(vectors).all()
    scores = reranker.score(SENTENCES[0], [SENTENCES[1], long])
    assert scores.shape == (2,) and ((scores >= 0) & (scores <= 1)).all()


def test_a_model_that_the_server_does_not_know_is_refused(settings: RetrievalSettings) -> None:
    wrong = settings.model_copy(update={"embedder_model": "nobody", "reranker_model": "nobody"})
    with closing(HttpEmbedder(wrong)) as embedder, pytest.raises(EmbedderUnavailable) as vectors:
        embedder.embed_queries(["咽痛"])
    with closing(HttpReranker(wrong)) as reranker, pytest.raises(RerankerUnavailable) as scores:
        reranker.score("咽痛", ["喝水"])
    assert vectors.value.values["status"] == scores.value.values["status"] == 404


def test_vectors_of_another_length_are_an_error(settings: RetrievalSettings) -> None:
    other = settings.model_copy(update={"embedder_dimension": 1024})
    with closing(HttpEmbedder(other)) as embedder, pytest.raises(EmbedderUnavailable) as caught:
        embedder.embed_queries(["咽痛"])
    assert caught.value.code == "embedder_dimension"


def test_an_index_is_built_and_searched_through_both_servers(settings: RetrievalSettings, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number, sentence in enumerate(SENTENCES[:10]):
        (folder / f"{number}.md").write_text(f"# 文档{number}\n\n{sentence}\n", encoding="utf-8")
    retriever = Retriever.open(settings.model_copy(update={"min_confidence": 0.0}), tmp_path / "data")
    try:
        retriever.ingest([folder])
        found = retriever.search("咽痛的人怎么办？", language="zh")
    finally:
        retriever.close()
    assert found.hits and not found.unavailable
    assert all(hit.rerank is not None for hit in found.hits) and any(hit.dense is not None for hit in found.hits)
