"""Messages that wait for a decision made elsewhere (RFC 2205 2.7, RFC 3182 6.2), in an engine."""

from __future__ import annotations

import pytest

from p4rsvp.daemon.recorder.values import frozen_node, thawed
from p4rsvp.engine import pending
from p4rsvp.engine.effects import AskPolicy
from p4rsvp.engine.events import Answer, PolicyAnswer
from p4rsvp.engine.timers import NEVER
from p4rsvp.fast.front import Front
from p4rsvp.security.policy import Away, LocalPolicy
from p4rsvp.security.rules import Ask, Rule, Subject
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.messages import Path, PathErr, Resv, ResvErr
from p4rsvp.wire.style import FF, SE
from tests.engine.rig import S1, S2, Outcome, Rig, want
from tests.security.priorities import EVERYBODY, element
from tests.security.priorities import said as weights
from tests.security.test_policy import said

YES, NO, NOBODY = Answer(allows=True), Answer(allows=False, why="not today"), Answer(None, "gone")
RULE = Rule(name="ask", allows=False, asks=True, subject=Subject.RESERVATION)


def asking(*rules: Rule, away: Away = Away.REFUSE, default: bool = True) -> Rig:
    policy = LocalPolicy(
        rules or (RULE,), default=default, wall_offset_ns=0, believed=EVERYBODY, away=away
    )
    rig = Rig(policy=policy)
    rig.path(S1)
    return rig


def asked(outcome: Outcome) -> list[AskPolicy]:
    return [effect for effect in outcome.effects if isinstance(effect, AskPolicy)]


def answer(rig: Rig, query: AskPolicy, what: Answer) -> Outcome:
    return rig.happens(PolicyAnswer(query.query, what))


@pytest.mark.rfc("3182", "6.2")
def test_a_request_waits_for_the_decision_and_nothing_is_said_before() -> None:
    rig = asking()
    outcome = rig.resv(FF, want(4, S1), policy=said("CN=Ann"))
    (query,) = asked(outcome)
    assert isinstance(query.question, Ask)
    assert query.question.users == ("CN=Ann",)
    assert not outcome.sent()
    assert answer(rig, query, YES).only(Resv).flows == (want(4, S1),)


@pytest.mark.rfc("3182", "6.2")
def test_a_request_is_refused_where_the_decision_is_negative() -> None:
    rig = asking()
    (query,) = asked(rig.resv(FF, want(4, S1)))
    outcome = answer(rig, query, NO)
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_REJECT,
    )
    assert not rig.node.counters.reservation_states


@pytest.mark.rfc("2205", "2.7")
def test_a_path_waits_likewise() -> None:
    policy = LocalPolicy(
        (Rule(name="ask", allows=False, asks=True),), default=True, wall_offset_ns=0
    )
    rig = Rig(policy=policy)
    (query,) = asked(rig.path(S1))
    assert not rig.node.sessions
    assert answer(rig, query, YES).sent(Path)
    (query,) = asked(rig.path(S2))
    assert answer(rig, query, NO).sent(PathErr)


@pytest.mark.rfc("2205", "3.7")
def test_refreshes_of_what_waits_ask_nothing_again() -> None:
    rig = asking()
    (query,) = asked(rig.resv(FF, want(4, S1)))
    assert not asked(rig.resv(FF, want(4, S1)))
    assert answer(rig, query, YES).sent(Resv)


def test_another_request_in_its_place_asks_anew_and_the_old_answer_is_nobodys() -> None:
    rig = asking()
    (first,) = asked(rig.resv(FF, want(4, S1)))
    (second,) = asked(rig.resv(FF, want(5, S1)))
    assert not answer(rig, first, YES).effects
    assert answer(rig, second, YES).only(Resv).flows == (want(5, S1),)
    assert len(rig.node.pending) == 0


@pytest.mark.rfc("2205", "3.1.6")
def test_what_is_torn_down_before_the_decision_does_not_begin_after_it() -> None:
    rig = asking()
    (query,) = asked(rig.resv(SE, want(4, S1)))
    rig.resv_tear(SE, want(None, S1))
    assert not answer(rig, query, YES).effects
    (query,) = asked(rig.resv(SE, want(4, S1)))
    rig.resv_tear(SE, want(None, S2))
    assert answer(rig, query, YES).sent(Resv)


@pytest.mark.rfc("2205", "3.1.5")
def test_a_path_that_is_torn_down_before_the_decision_does_not_begin_after_it() -> None:
    policy = LocalPolicy(
        (Rule(name="ask", allows=False, asks=True),), default=True, wall_offset_ns=0
    )
    rig = Rig(policy=policy)
    (query,) = asked(rig.path(S1))
    rig.path_tear(S1)
    assert not answer(rig, query, YES).effects
    assert not rig.remains()


def test_what_changes_meanwhile_counts() -> None:
    rig = asking()
    (query,) = asked(rig.resv(FF, want(4, S1)))
    rig.path_tear(S1)
    outcome = answer(rig, query, YES)
    assert outcome.refused_with(ResvErr)[0] == ErrorCode.NO_PATH_INFORMATION


@pytest.mark.rfc("2750", "A")
def test_while_nobody_decides_requests_are_refused_unless_it_is_said_otherwise() -> None:
    rig = asking()
    (query,) = asked(rig.resv(FF, want(4, S1)))
    assert answer(rig, query, NOBODY).refused_with(ResvErr) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_PDP,
    )
    rig = asking(away=Away.ALLOW)
    (query,) = asked(rig.resv(FF, want(4, S1)))
    assert answer(rig, query, NOBODY).sent(Resv)


def test_while_nobody_decides_the_rules_behind_may() -> None:
    large = Rule(name="large", allows=False, above_bytes_per_s=3_000.0, subject=RULE.subject)
    rig = asking(RULE, large, away=Away.LOCAL)
    (query,) = asked(rig.resv(FF, want(4, S1)))
    assert answer(rig, query, NOBODY).sent(ResvErr)
    (query,) = asked(rig.resv(FF, want(3, S1)))
    assert answer(rig, query, NOBODY).sent(Resv)


@pytest.mark.rfc("3181", "3")
def test_a_decision_may_give_a_priority() -> None:
    rig = asking()
    (query,) = asked(rig.resv(FF, want(4, S1)))
    resv = answer(rig, query, Answer(allows=True, priority=(5, 7))).only(Resv)
    assert weights(resv.policy) == (element(5, 7),)


@pytest.mark.rfc("2750", "A")
@pytest.mark.parametrize("limit", ["MOST_PENDING", "MOST_PENDING_BYTES"])
def test_so_many_may_wait_and_no_more(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(pending, limit, 1)
    rig = asking()
    rig.path(S2)
    assert asked(rig.resv(FF, want(4, S1)))
    assert rig.resv(FF, want(4, S2)).refused_with(ResvErr) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_NO_RSC,
    )


def test_an_answer_to_no_question_is_ignored() -> None:
    assert not asking().happens(PolicyAnswer(4711, YES)).effects


def test_what_waits_weighs_nothing_when_it_has_been_answered() -> None:
    rig = asking()
    (query,) = asked(rig.resv(FF, want(4, S1)))
    rig.resv(FF, want(4, S1), policy=said("CN=Ann"))
    rig.resv_tear(FF, want(None, S1))
    answer(rig, query, YES)
    assert rig.node.pending._bytes == 0
    assert not rig.node.pending._held


def test_a_recording_may_hold_what_waits() -> None:
    rig = asking()
    Front(rig.node, b"a filter, whose ties stay behind")
    (query,) = asked(rig.resv(FF, want(4, S1)))
    node = thawed(frozen_node(rig.node, None))
    node.lifetimes.extended_to = lambda _: NEVER
    event = PolicyAnswer(query.query, YES)
    assert repr(node.handle(event, rig.now_ns)) == repr(rig.node.handle(event, rig.now_ns))
