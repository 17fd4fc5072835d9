import pytest

from configs.settings import RetrievalSettings
from retrieval.errors import RerankerUnavailable
from retrieval.rerank import make_reranker


def test_no_reranker_is_made_when_the_profile_wants_none():
    assert make_reranker(RetrievalSettings(reranker="none")) is None


def test_bge_reranker_without_flagembedding_says_what_is_missing(without_flagembedding):
    with pytest.raises(RerankerUnavailable) as error:
        make_reranker(RetrievalSettings(reranker="bge-reranker"))
    assert (error.value.code, error.value.values["package"]) == ("reranker_not_installed", "FlagEmbedding")


def test_search_goes_on_without_the_reranker_and_says_why(without_flagembedding, open_retriever, documents):
    retriever = open_retriever(RetrievalSettings(embedder="bge-m3", reranker="bge-reranker"))
    retriever.ingest([documents])
    result, status = retriever.search("嗓子疼怎么办"), retriever.status()
    assert result.hits and result.arms == ("bm25",)
    assert (status.embedder, status.reranker) == (None, None)
    assert status.embedder_reason.code == "embedder_not_installed" and status.reranker_reason.code == "reranker_not_installed"
