"""The thread that runs a model for everybody, and the pause after a failure."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from retrieval.batching import BatchWorker
from retrieval.cooldown import Cooldown
from retrieval.errors import EmbedderUnavailable

PATIENT = 20.0
Make = Callable[..., BatchWorker[int, int]]


class Model:
    """Doubles numbers once it is let; remembers its batches and its threads."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.threads: set[int] = set()
        self.open, self.entered = threading.Event(), threading.Semaphore(0)
        self.open.set()

    def run(self, items: list[int]) -> list[int]:
        self.batches.append(items)
        self.threads.add(threading.get_ident())
        self.entered.release()
        assert self.open.wait(PATIENT)
        if 13 in items:
            raise RuntimeError("the patient said thirteen")
        return [2 * item for item in items]


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def worker(model: Model) -> Iterator[Make]:
    made: list[BatchWorker[int, int]] = []

    def make(batch: int = 4, queue: int = 8, run: Callable[[list[int]], list[int]] | None = None) -> BatchWorker[int, int]:
        made.append(BatchWorker("tiny", run or model.run, batch=batch, queue=queue, error=EmbedderUnavailable, failed="embedder_failed"))
        return made[-1]

    yield make
    model.open.set()
    for one in made:
        one.close()


def held(model: Model, make: Make, pool: ThreadPoolExecutor, **options: int) -> tuple[BatchWorker[int, int], Future[list[int]]]:
    """Return a worker whose model is busy with a first call, and that call."""
    model.open.clear()
    busy = make(**options)
    call = pool.submit(busy.submit, [0], PATIENT)
    assert model.entered.acquire(timeout=PATIENT)
    return busy, call


def waiting(busy: BatchWorker[int, int], count: int) -> None:
    """Return when so many calls are in line."""
    with busy._changed:
        assert busy._changed.wait_for(lambda: len(busy._waiting) == count, PATIENT)


def test_results_come_in_the_order_of_the_items_and_batches_stay_within_their_size(model, worker):
    assert worker(batch=3).submit(list(range(8)), PATIENT) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert model.batches == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert worker().submit([], PATIENT) == []


def test_what_concurrent_callers_want_is_run_together_by_one_thread(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, first = held(model, worker, pool, batch=4, queue=8)
        calls = [pool.submit(busy.submit, [number], PATIENT) for number in range(1, 5)]
        waiting(busy, 4)
        model.open.set()
        assert [call.result() for call in [first, *calls]] == [[0], [2], [4], [6], [8]]
    assert len(model.batches) == 2 and sorted(model.batches[1]) == [1, 2, 3, 4] and len(model.threads) == 1


def test_a_question_does_not_wait_behind_a_whole_ingest(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, _ = held(model, worker, pool, batch=4)
        ingest = pool.submit(busy.submit, list(range(100, 120)), PATIENT)
        waiting(busy, 1)
        question = pool.submit(busy.submit, [1], PATIENT)
        waiting(busy, 2)
        model.open.set()
        assert question.result() == [2] and ingest.result() == [2 * number for number in range(100, 120)]
    assert 1 in model.batches[2]


def test_a_full_queue_turns_the_next_call_away_when_its_time_is_up(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, _ = held(model, worker, pool, queue=2)
        calls = [pool.submit(busy.submit, [number], PATIENT) for number in (1, 2)]
        waiting(busy, 2)
        with pytest.raises(EmbedderUnavailable) as raised:
            busy.submit([3], 0.01)
        assert raised.value.code == "provider_busy" and raised.value.values["waiting"] == 2
        model.open.set()
        assert [call.result() for call in calls] == [[2], [4]]


def test_a_call_waits_for_a_place_in_the_queue_as_long_as_it_may(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, _ = held(model, worker, pool, queue=1, batch=1)
        calls = [pool.submit(busy.submit, [number], PATIENT) for number in range(1, 6)]
        waiting(busy, 1)
        model.open.set()
        assert sorted(call.result()[0] for call in calls) == [2, 4, 6, 8, 10]


def test_a_call_that_gives_up_leaves_the_queue_and_is_never_run(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, first = held(model, worker, pool)
        with pytest.raises(EmbedderUnavailable) as raised:
            busy.submit([7], 0.01)
        assert raised.value.code == "provider_late"
        model.open.set()
        assert first.result() == [0] and busy.submit([1], PATIENT) == [2]
    assert model.batches == [[0], [1]]


def test_one_callers_text_does_not_cost_the_others_their_answer(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, _ = held(model, worker, pool)
        good, bad = pool.submit(busy.submit, [1], PATIENT), pool.submit(busy.submit, [13], PATIENT)
        waiting(busy, 2)
        model.open.set()
        assert good.result() == [2]
        with pytest.raises(EmbedderUnavailable) as raised:
            bad.result()
    assert raised.value.code == "embedder_failed" and "thirteen" not in str(raised.value)
    assert busy.submit([5], PATIENT) == [10]


def test_too_few_results_are_an_error(worker):
    with pytest.raises(EmbedderUnavailable) as raised:
        worker(run=lambda items: items[:-1]).submit([1, 2], PATIENT)
    assert raised.value.code == "provider_garbled"


def test_close_ends_the_thread_and_turns_away_whoever_waits(model, worker):
    with ThreadPoolExecutor(8) as pool:
        busy, first = held(model, worker, pool)
        late = pool.submit(busy.submit, [1], PATIENT)
        waiting(busy, 1)
        closing = pool.submit(busy.close)
        with pytest.raises(EmbedderUnavailable) as raised:
            late.result()
        model.open.set()
        closing.result()
        assert first.result() == [0] and raised.value.code == "provider_closed"
    assert busy._thread is not None and not busy._thread.is_alive()
    with pytest.raises(EmbedderUnavailable):
        busy.submit([1], PATIENT)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def attempt(cooldown: Cooldown, calls: list[int], error: EmbedderUnavailable | None = None) -> str:
    try:
        with cooldown.watch():
            calls.append(1)
            if error:
                raise error
    except EmbedderUnavailable as raised:
        return raised.code
    return "served"


def test_after_a_failure_one_call_an_interval_goes_through_until_one_succeeds():
    clock, calls = Clock(), []
    cooldown = Cooldown(30.0, clock)
    assert attempt(cooldown, calls, EmbedderUnavailable("provider_slow", service="x", seconds="1")) == "provider_slow"
    clock.now += 29
    assert attempt(cooldown, calls) == "provider_slow" and len(calls) == 1
    clock.now += 1
    with pytest.raises(EmbedderUnavailable), cooldown.watch():
        assert attempt(cooldown, calls) == "provider_slow", "a second caller went through beside the one that tries"
        raise EmbedderUnavailable("provider_unreachable", service="x", reason="y")
    assert attempt(cooldown, calls) == "provider_unreachable"
    clock.now += 30
    assert attempt(cooldown, calls) == "served" and cooldown.reason is None
    assert attempt(cooldown, calls) == "served"


def test_a_crowd_is_no_failure():
    cooldown, calls = Cooldown(30.0), []
    for code in ("provider_busy", "provider_late"):
        assert attempt(cooldown, calls, EmbedderUnavailable(code, service="x", waiting=1, seconds="1")) == code
    assert cooldown.reason is None and attempt(cooldown, calls) == "served"
