"""What readers think of answers is kept with the turn, and goes where it goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.client import Client, Invalid, NotFound


def test_feedback_is_kept_replaced_exported_and_withdrawn(somebody: Callable[[], Client]) -> None:
    one = somebody()
    thread = one.threads.create().id
    turn = one.ask("感冒了怎么办？", thread=thread).turn
    with pytest.raises(NotFound) as caught:
        one.threads.feedback_given(thread, turn)
    assert caught.value.code == "feedback_missing"
    one.threads.feedback(thread, turn, "up", reason="helpful")
    said = one.threads.feedback(thread, turn, "down", reason="unclear", comment="看不懂\u202e第二句")
    assert one.threads.feedback_given(thread, turn) == said and said.comment == "看不懂第二句"
    (stored,) = one.memory.export().threads[thread].values()
    assert stored["feedback"]["reason"] == "unclear" and stored["answer"]["text"]
    one.threads.withdraw_feedback(thread, turn)
    with pytest.raises(NotFound):
        one.threads.withdraw_feedback(thread, turn)


def test_only_turns_of_ones_own_can_be_judged(somebody: Callable[[], Client]) -> None:
    one, other = somebody(), somebody()
    thread = one.threads.create().id
    turn = one.ask("感冒了怎么办？", thread=thread).turn
    for who, where, which in ((other, thread, turn), (one, thread, "0123456789abcdef"), (one, "nowhere", turn)):
        with pytest.raises(NotFound) as caught:
            who.threads.feedback(where, which, "up")
        assert caught.value.code == "turn_missing"


def test_a_thumb_is_up_or_down_and_a_comment_is_bounded(somebody: Callable[[], Client]) -> None:
    one = somebody()
    thread = one.threads.create().id
    turn = one.ask("感冒了怎么办？", thread=thread).turn
    for body in (
        {"thumb": "sideways"},
        {"thumb": "up", "reason": "boring"},
        {"thumb": "up", "comment": "长" * 2001},
        {"thumb": "up", "x": 1},
    ):
        assert one._http.put(f"/v1/threads/{thread}/turns/{turn}/feedback", json=body).status_code == 422
    with pytest.raises(NotFound):
        one.threads.feedback_given(thread, turn)


def test_feedback_goes_when_its_thread_goes(somebody: Callable[[], Client]) -> None:
    one = somebody()
    thread = one.threads.create().id
    turn = one.ask("感冒了怎么办？", thread=thread).turn
    one.threads.feedback(thread, turn, "down", comment="不对")
    one.threads.delete(thread)
    with pytest.raises((NotFound, Invalid)):
        one.threads.feedback_given(thread, turn)
    assert "不对" not in one.memory.export().model_dump_json()
