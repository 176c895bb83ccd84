"""Rules asked about real messages, by an engine (RFC 2205 2.7, RFC 2750, RFC 3182)."""

import pytest

from p4rsvp.daemon.recorder.values import frozen, thawed
from p4rsvp.engine.identities import identities
from p4rsvp.security.policy import LocalPolicy
from p4rsvp.security.rules import Rule, Subject
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.identity import (
    AttributeType,
    AuthAttribute,
    AuthData,
    CredentialType,
    LocatorType,
)
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import PathErr, Policy, Resv, ResvErr
from p4rsvp.wire.policy import PolicyContents, PolicyData
from p4rsvp.wire.policy_elements import ElementType
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import NullTspec
from tests.engine.rig import S1, S2, Rig, want

REJECTED = (ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue.ERR_REJECT)
MINUTE_NS = 60 * 10**9


def rig(*rules: Rule, default: bool = True, wall_offset_ns: int = 0) -> Rig:
    return Rig(policy=LocalPolicy(rules, default=default, wall_offset_ns=wall_offset_ns))


def said(name: str, kind: ElementType = ElementType.AUTH_USER) -> Policy:
    """POLICY_DATA that says who asks."""
    locator = AuthAttribute(AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN, name.encode())
    credential = AuthAttribute(AttributeType.CREDENTIAL, CredentialType.ASCII_ID, b"not a name")
    return (PolicyContents(elements=(AuthData(kind, (locator, credential)),)).pack(),)


@pytest.mark.rfc("2205", "2.7")
def test_a_sender_that_a_rule_refuses_is_told_so_and_leaves_nothing() -> None:
    node = rig(Rule(name="no", allows=False, subject=Subject.SENDER))
    assert node.path(S1).refused_with(PathErr) == REJECTED
    assert not node.remains()


@pytest.mark.rfc("2205", "2.7")
def test_a_reservation_that_a_rule_refuses_is_told_so_and_others_stand() -> None:
    strict = rig(
        Rule(
            name="large",
            allows=False,
            subject=Subject.RESERVATION,
            above_bytes_per_s=3_000.0,
        )
    )
    strict.path(S1)
    strict.path(S2)
    assert strict.resv(FF, want(3, S1)).only(Resv)
    assert strict.resv(FF, want(4, S2)).refused_with(ResvErr) == REJECTED
    assert len(strict.held(2)) == 1


@pytest.mark.rfc("3182", "3.3.1")
def test_who_asks_is_the_name_in_policy_data() -> None:
    node = rig(
        Rule(name="ann", allows=True, users=("CN=Ann*",)),
        Rule(name="paths", allows=True, subject=Subject.SENDER),
        default=False,
    )
    node.path(S1)
    assert node.resv(FF, want(1, S1)).refused_with(ResvErr) == REJECTED
    assert node.resv(FF, want(1, S1), policy=said("CN=Bob")).refused_with(ResvErr) == REJECTED
    assert node.resv(FF, want(1, S1), policy=said("CN=Ann,O=W")).only(Resv)


@pytest.mark.rfc("3182", "3.3.1")
def test_users_and_applications_are_told_apart() -> None:
    found = identities((*said("CN=Ann"), *said("APP=Film", ElementType.AUTH_APP)))
    assert found == (("CN=Ann",), ("APP=Film",))


@pytest.mark.rfc("2750", "3.2")
def test_policy_data_that_cannot_be_read_is_refused_only_where_it_is_asked_for() -> None:
    bad = (PolicyData(b"\xff\xff\xff\xff"),)
    with pytest.raises(DecodeError):
        identities(bad)
    assert rig(Rule(name="all", allows=True)).path(S1, policy=bad).sent()
    strict = rig(Rule(name="ann", allows=True, users=("*",)))
    assert strict.path(S1, policy=bad).refused_with(PathErr)[0] == (
        ErrorCode.POLICY_CONTROL_FAILURE
    )


def test_a_neighbour_has_as_many_states_as_a_rule_leaves_it_and_may_refresh_them() -> None:
    node = rig(Rule(name="enough", allows=False, states_from=2))
    for sender in (S1, S2, S1, S2):
        node.path(sender)
    assert node.node.counters.path_states == 2
    third = PortSelector(S1.source, 9_999)
    assert node.path(third).refused_with(PathErr) == REJECTED


def test_a_rule_may_hold_at_some_time_of_the_day_only() -> None:
    rule = Rule(name="night", allows=False, minutes=(0, 60))
    assert rig(rule).path(S1).refused_with(PathErr) == REJECTED
    assert not rig(rule, wall_offset_ns=60 * MINUTE_NS).path(S1).sent(PathErr)


def test_a_recording_may_hold_the_policy_that_a_run_went_by() -> None:
    rules = (Rule(name="no", allows=False, subject=Subject.SENDER),)
    policy = LocalPolicy(rules, default=True, wall_offset_ns=0)
    assert thawed(frozen(policy)).rules == rules  # type: ignore[arg-type]  # a part of a node


@pytest.mark.rfc("2205", "2.7")
def test_the_null_service_is_admitted_by_policy_alone() -> None:
    strict = rig(Rule(name="no", allows=False, services=("null",)))
    strict.path(S1)
    null = FlowDescriptor(Flowspec(Service.NULL, NullTspec.of(1500)), (FilterSpec(S1),))
    assert strict.resv(FF, null).refused_with(ResvErr) == REJECTED
    assert strict.resv(FF, want(4, S1)).only(Resv)
