"""Models that fail and come back: the search goes on without them, says so, and takes them up again."""

from collections.abc import Callable, Iterator

import pytest

from configs.settings import RetrievalSettings
from retrieval.search import Retriever
from tests.support import provider_server as acts
from tests.support.provider_server import DIMENSION, ProviderServer

from .conftest import page

QUESTION = "嗓子疼怎么办"
Open = Callable[..., Retriever]


def behave(server: ProviderServer, body: dict) -> acts.Answer:
    return acts.embeddings(server, body) if "input" in body else acts.reranked(server, body)


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer(behave) as running:
        yield running


@pytest.fixture
def open_http(server: ProviderServer, open_retriever: Open) -> Open:
    def opener(**changes: object) -> Retriever:
        values = {
            "embedder": "http",
            "embedder_url": server.url,
            "embedder_dimension": DIMENSION,
            "reranker": "http",
            "reranker_url": server.url,
            "provider_cooldown_s": 0.0,
            "provider_timeout_s": 5.0,
        }
        return open_retriever(RetrievalSettings(**(values | changes)))  # type: ignore[arg-type]

    return opener


def test_a_search_over_http_uses_both_models_and_admits_when_they_are_gone(server, open_http, documents):
    retriever = open_http()
    retriever.ingest([documents])
    whole = retriever.search(QUESTION)
    assert set(whole.arms) == {"bm25", "dense", "rerank"} and whole.unavailable == {}
    server.stop()
    assert "dense" in retriever.search(QUESTION).arms, "the vector of a question that was just asked is still known"
    alone, status = retriever.search("拉肚子怎么办"), retriever.status()
    assert alone.hits and alone.arms == ("bm25",)
    assert alone.unavailable == {"dense": "provider_unreachable", "rerank": "provider_unreachable"}
    assert status.embedder_reason.code == status.reranker_reason.code == "provider_unreachable"
    server.start()
    assert set(retriever.search("失眠怎么办").arms) == set(whole.arms)
    back = retriever.search(QUESTION)
    assert [(hit.chunk.id, hit.score) for hit in back.hits] == [(hit.chunk.id, hit.score) for hit in whole.hits]
    assert back.unavailable == {} and retriever.status().embedder_reason is None and retriever.status().reranker_reason is None


def test_documents_that_came_while_the_server_was_down_get_their_vectors_at_the_next_ingest(server, open_http, documents):
    retriever = open_http()
    server.stop()
    assert retriever.ingest([documents]).added == 5
    assert retriever.search(QUESTION).arms == ("bm25",)
    server.start()
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人可以多喝温水。")
    assert retriever.ingest([documents]).added == 1
    found = retriever.search(QUESTION, arm="dense", k=50)
    assert {hit.chunk.document_id for hit in found.hits} == {
        "zh-sore-throat", "zh-diarrhoea", "zh-insomnia", "en-sore-throat", "en-insomnia", "zh-cough",
    }  # fmt: skip


def test_an_index_opens_while_the_server_is_down(server, open_http, documents):
    retriever = open_http()
    retriever.ingest([documents])
    retriever.close()
    server.stop()
    again = open_http()
    assert again.search(QUESTION).hits and again.status().documents == 5
    server.start()
    assert "dense" in again.search(QUESTION).arms


def test_a_cross_encoder_that_answers_nonsense_leaves_the_fused_order(server, open_http, documents):
    retriever = open_http()
    retriever.ingest([documents])
    fused = retriever.search(QUESTION, arm="fused")
    server.behaviour = lambda running, body: acts.embeddings(running, body) if "input" in body else acts.ok({"results": []})
    found = retriever.search(QUESTION, arm="rerank")
    assert found.unavailable == {"rerank": "provider_garbled"}
    assert [hit.chunk.id for hit in found.hits] == [hit.chunk.id for hit in fused.hits]
