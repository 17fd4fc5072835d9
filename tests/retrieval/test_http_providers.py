"""Embeddings and reranking over HTTP, against a real server on loopback."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pydantic import SecretStr, ValidationError

from configs.settings import RetrievalSettings
from retrieval.cooldown import reason_of
from retrieval.embed import Embedder, make_embedder
from retrieval.errors import EmbedderUnavailable, RerankerUnavailable
from retrieval.http import AT_ONCE
from retrieval.rerank import Reranker, make_reranker
from tests.support import provider_server as acts
from tests.support.provider_server import DIMENSION, ProviderServer, unit

QUICK = 0.3
TEXTS = ["咽痛怎么办", "Sore throat", "腹泻", "失眠", "发烧"]


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as running:
        yield running


@pytest.fixture
def embedder(server: ProviderServer) -> Iterator[Callable[..., Embedder]]:
    made: list[Embedder] = []

    def make(**changes: object) -> Embedder:
        values = {"embedder": "http", "embedder_url": server.url, "embedder_dimension": DIMENSION, "provider_cooldown_s": 0.0} | changes
        made.append(make_embedder(RetrievalSettings(**values)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()  # type: ignore[attr-defined]


@pytest.fixture
def reranker(server: ProviderServer) -> Iterator[Callable[..., Reranker]]:
    made: list[Reranker] = []

    def make(**changes: object) -> Reranker:
        server.behaviour = acts.reranked
        made.append(
            make_reranker(RetrievalSettings(**{"reranker": "http", "reranker_url": server.url, "provider_cooldown_s": 0.0} | changes))
        )  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()  # type: ignore[attr-defined]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises((EmbedderUnavailable, RerankerUnavailable)) as raised:
        call()
    for language in ("zh", "en"):
        assert "{" not in raised.value.message(language)
    return raised.value.code


@pytest.mark.parametrize("behaviour", [acts.embeddings, acts.shuffled])
def test_every_text_gets_its_own_unit_vector_in_whatever_order_they_come(server, embedder, behaviour):
    server.behaviour = behaviour
    vectors = embedder(provider_batch=2).embed_passages(TEXTS)
    assert vectors.dtype == np.float32 and vectors.shape == (5, DIMENSION)
    np.testing.assert_allclose(vectors, [unit(text) for text in TEXTS], atol=1e-6)
    assert [len(request["input"]) for request in server.requests] == [2, 2, 1]
    assert set(server.paths) == {"/v1/embeddings"}


def test_no_texts_are_no_request(server, embedder, reranker):
    assert embedder().embed_queries([]).shape == (0, DIMENSION)
    assert reranker().score("咽痛", []).shape == (0,)
    assert server.requests == []


def test_the_key_is_sent_and_never_printed(server, embedder):
    settings = RetrievalSettings(embedder="http", embedder_url=server.url, provider_api_key=SecretStr("s3cret"))
    embedder(provider_api_key=SecretStr("s3cret")).embed_queries(["a"])
    assert server.headers[0]["authorization"] == "Bearer s3cret" and "s3cret" not in repr(settings)
    embedder().embed_queries(["a"])
    assert "authorization" not in server.headers[1]


Rows = list[dict]
SPOILED: dict[str, Callable[[Rows], Rows]] = {
    "missing": lambda rows: rows[:-1],
    "too many": lambda rows: [*rows, rows[0]],
    "twice": lambda rows: [rows[0], *rows[:-1]],
    "index": lambda rows: [row | {"index": row["index"] + 1} for row in rows],
    "no index": lambda rows: [{key: value for key, value in row.items() if key != "index"} for row in rows],
}
BAD_VECTORS = {
    "nan": [float("nan")] * DIMENSION,
    "infinite": [float("inf")] * DIMENSION,
    "zero": [0.0] * DIMENSION,
    "null": [None] * DIMENSION,
    "words": "AAAA",
}


@pytest.mark.parametrize("name", SPOILED)
def test_vectors_that_are_not_one_for_each_text_are_refused(server, embedder, name):
    server.behaviour = acts.changed(SPOILED[name])
    assert code_of(lambda: embedder().embed_passages(TEXTS)) == "provider_garbled"


@pytest.mark.parametrize("name", BAD_VECTORS)
def test_a_vector_that_is_none_is_refused(server, embedder, name):
    server.behaviour = acts.changed(lambda rows: [*rows[:-1], rows[-1] | {"embedding": BAD_VECTORS[name]}])
    assert code_of(lambda: embedder().embed_passages(TEXTS)) == "provider_garbled"


def test_vectors_of_another_length_are_refused_with_both_lengths(server, embedder):
    with pytest.raises(EmbedderUnavailable) as raised:
        embedder(embedder_dimension=1024).embed_queries(["a"])
    assert raised.value.code == "embedder_dimension" and (raised.value.values["got"], raised.value.values["wanted"]) == ("8", 1024)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'{"data": 3}', b'{"data": [1]}', b"null", b"\xff\xfe", b"[" * 100_000])
def test_an_answer_that_is_something_else_is_refused(server, embedder, data):
    server.behaviour = acts.raw(data)
    assert code_of(lambda: embedder().embed_queries(["a"])) == "provider_garbled"


def test_a_status_is_told_and_what_the_server_says_is_not(server, embedder):
    server.behaviour = acts.raw(b'{"error": "patient said: my chest hurts"}', 401)
    with pytest.raises(EmbedderUnavailable) as raised:
        embedder().embed_queries(["my chest hurts"])
    assert raised.value.values["status"] == 401 and "chest" not in str(raised.value) and len(server.requests) == 1


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_server_that_stumbles_once_is_asked_once_more(server, embedder, code):
    server.behaviour = acts.first(code, 1, acts.embeddings)
    assert len(embedder().embed_queries(["a"])) == 1
    assert len(server.requests) == 2


def test_a_server_that_keeps_failing_is_asked_twice_and_no_more(server, embedder):
    server.behaviour = acts.status(500)
    assert code_of(lambda: embedder().embed_queries(["a"])) == "provider_refused"
    assert len(server.requests) == 2


def test_a_redirect_is_not_followed(server, embedder):
    server.behaviour = acts.status(307)
    assert code_of(lambda: embedder().embed_queries(["a"])) == "provider_refused"
    assert server.paths == ["/v1/embeddings"]


@pytest.mark.parametrize("code", [400, 413, 422])
def test_what_is_too_much_for_the_server_goes_in_smaller_parts(server, embedder, code):
    server.behaviour = acts.at_most(2, 300, code)
    texts = [*TEXTS, "长" * 1000]
    vectors = embedder().embed_passages(texts)
    np.testing.assert_allclose(vectors, [unit(text) for text in [*TEXTS, "长" * 250]], atol=1e-6)


def test_a_short_text_that_the_server_refuses_is_an_error(server, embedder):
    server.behaviour = acts.status(413)
    assert code_of(lambda: embedder().embed_queries(["a"])) == "provider_refused"
    assert len(server.requests) == 1


def test_a_silent_server_costs_the_time_limit_and_no_second_try(server, embedder):
    server.behaviour = acts.hang
    assert code_of(lambda: embedder(provider_timeout_s=QUICK).embed_queries(["a"])) == "provider_slow"
    assert len(server.requests) == 1


def test_a_server_that_drips_is_cut_off_at_the_time_limit(server, embedder):
    server.drip = QUICK / 4
    assert code_of(lambda: embedder(provider_timeout_s=QUICK).embed_queries(["a"])) == "provider_slow"


def test_a_dead_server_is_reported_and_serves_again_when_it_is_back(server, embedder):
    engine = embedder()
    server.stop()
    assert code_of(lambda: engine.embed_queries(["a"])) == "provider_unreachable"
    assert reason_of(engine).code == "provider_unreachable"
    server.start()
    assert len(engine.embed_queries(["a"])) == 1 and reason_of(engine) is None


def test_within_the_cooldown_a_failed_server_is_left_alone(server, embedder):
    server.behaviour = acts.status(500)
    engine = embedder(provider_cooldown_s=3600)
    codes = [code_of(lambda: engine.embed_queries(["a"])) for _ in range(5)]
    assert codes == ["provider_refused"] * 5 and len(server.requests) == 2


def test_a_text_that_is_refused_does_not_turn_the_next_one_away(server, embedder):
    server.behaviour = acts.first(413, 1, acts.embeddings)
    engine = embedder(provider_cooldown_s=3600)
    assert code_of(lambda: engine.embed_queries(["a"])) == "provider_refused"
    assert len(engine.embed_queries(["b"])) == 1


def test_a_proxy_of_the_environment_is_not_asked_for_a_server_on_this_machine(server, embedder, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert len(embedder().embed_queries(["a"])) == 1


def test_more_calls_than_may_wait_are_turned_away_at_once(server, embedder):
    busy = threading.Semaphore(0)

    def behave(running, body):
        busy.release()
        running.over.wait(30)
        return acts.embeddings(running, body)

    server.behaviour = behave
    engine = embedder(provider_queue=1, provider_cooldown_s=3600)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = [pool.submit(engine.embed_queries, ["a"]) for _ in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            assert busy.acquire(timeout=10)
        engine._endpoint._waiting += 1  # type: ignore[attr-defined]
        assert code_of(lambda: engine.embed_queries(["b"])) == "provider_busy"
        engine._endpoint._waiting -= 1  # type: ignore[attr-defined]
        server.over.set()
        assert [len(call.result(10)) for call in calls] == [1] * AT_ONCE
    assert len(engine.embed_queries(["c"])) == 1


def test_a_closed_provider_says_so(embedder):
    engine = embedder()
    engine.close()  # type: ignore[attr-defined]
    assert code_of(lambda: engine.embed_queries(["a"])) == "provider_closed"


@pytest.mark.parametrize("behaviour", [acts.reranked, acts.tei])
def test_passages_get_their_scores_from_either_kind_of_server(server, reranker, behaviour):
    engine = reranker(provider_batch=2)
    server.behaviour = behaviour
    passages = ["咽痛多喝水", "腹泻", "咽", "头痛"]
    for _ in range(2):
        np.testing.assert_allclose(engine.score("咽痛", passages), [1.0, 0.0, 0.5, 0.5])
    assert sum("documents" in request for request in server.requests) == (4 if behaviour is acts.reranked else 1)


def test_logits_become_probabilities_in_the_same_order(server, reranker):
    engine = reranker()
    server.behaviour = acts.logits
    scores = engine.score("咽痛", ["咽痛", "咽", "腹泻"])
    assert ((scores > 0) & (scores < 1)).all() and scores[0] > scores[1] > scores[2]
    assert engine.score("咽痛", ["咽"])[0] == scores[1]


@pytest.mark.parametrize("name", SPOILED)
def test_scores_that_are_not_one_for_each_passage_are_refused(server, reranker, name):
    engine = reranker()
    server.behaviour = acts.changed(SPOILED[name], acts.reranked, "results")
    assert code_of(lambda: engine.score("咽痛", TEXTS)) == "provider_garbled"


@pytest.mark.parametrize("score", [float("nan"), float("inf"), None, "high"])
def test_a_score_that_is_no_number_is_refused(server, reranker, score):
    engine = reranker()
    server.behaviour = acts.changed(lambda rows: [*rows[:-1], rows[-1] | {"relevance_score": score}], acts.reranked, "results")
    assert code_of(lambda: engine.score("咽痛", TEXTS)) == "provider_garbled"


def test_a_reranker_that_is_down_recovers(server, reranker):
    engine = reranker()
    server.stop()
    assert code_of(lambda: engine.score("咽痛", ["咽痛"])) == "provider_unreachable"
    server.start()
    assert engine.score("咽痛", ["咽痛"]).tolist() == [1.0]


def test_an_address_may_name_the_whole_path(server, embedder, reranker):
    embedder(embedder_url=server.url + "/embeddings").embed_queries(["a"])
    reranker(reranker_url=server.url.removesuffix("/v1")).score("a", ["a"])
    assert server.paths == ["/v1/embeddings", "/rerank"]


@pytest.mark.parametrize(
    "values",
    [
        {"embedder": "http"},
        {"reranker": "http"},
        {"embedder": "http", "embedder_url": "ftp://host"},
        {"sparse": True},
        {"embedder": "none", "sparse": True},
        {"provider_timeout_s": 0},
        {"provider_queue": 0},
    ],
)
def test_a_profile_that_cannot_work_is_refused(values):
    with pytest.raises(ValidationError):
        RetrievalSettings(**values)
