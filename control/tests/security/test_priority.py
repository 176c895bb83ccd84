"""Merging priorities (RFC 3181 5): whose elements take part, and what they come to."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.engine.policy import LOWEST, Priority
from p4rsvp.intserv.services import lub
from p4rsvp.security.priority import (
    Part,
    carried,
    compressed,
    heterogeneous,
    kept,
    merged,
    participating,
    priority,
    separated,
)
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.integrity import Integrity
from p4rsvp.wire.policy import PolicyContents
from p4rsvp.wire.policy_elements import (
    MergeStrategy,
    OpaqueElement,
    PreemptionError,
    PreemptionPriority,
)
from tests.engine.figures.notation import flowspec
from tests.engine.rig import S1
from tests.security.priorities import ERROR, PRIORITY, QOS, element

HIGH, LOW = flowspec(9), flowspec(1)
elements = st.builds(
    lambda low, more, strategy: PreemptionPriority(low, low + more, strategy),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(MergeStrategy),
)
parts = st.lists(
    st.builds(
        Part, st.sampled_from([flowspec(n) for n in (1, 2, 3)]), st.lists(elements).map(tuple)
    ),
    min_size=1,
    max_size=4,
)


def only(flow: Flowspec, number: int, strategy: MergeStrategy) -> Part:
    return Part(flow, (element(number, strategy=strategy),))


R1, R2, R3 = only(HIGH, 3, QOS), only(LOW, 4, PRIORITY), only(LOW, 7, QOS)
R4 = only(LOW, 9, ERROR)


@pytest.mark.rfc("3181", "A.1")
def test_it_comes_to_what_the_example_says() -> None:
    assert priority([R1, R2, R3]) == (4, 4)
    at_b = Part(HIGH, compressed([R1, R2, R3]))
    assert priority([at_b, R4]) == (4, 4)
    assert heterogeneous([at_b, R4]) == [
        (),
        (PreemptionPriority(9, 9, ERROR, PreemptionError.HETEROGENEOUS),),
    ]


@pytest.mark.rfc("3181", "A.2")
def test_elements_are_compressed_as_the_example_says() -> None:
    some = [(3, QOS), (7, QOS), (4, PRIORITY), (9, PRIORITY), (6, PRIORITY)]
    assert compressed([only(HIGH, *one) for one in some]) == (element(7), element(9, 9, PRIORITY))


@pytest.mark.rfc("3181", "5.1.1")
def test_of_the_highest_qos_all_that_ask_for_it_take_part() -> None:
    assert priority([only(HIGH, 3, QOS), only(HIGH, 5, QOS), only(LOW, 9, QOS)]) == (5, 5)


@pytest.mark.rfc("3181", "5.1.2")
def test_the_highest_priority_takes_part_whatever_it_asks_for() -> None:
    assert priority([only(HIGH, 3, QOS), only(LOW, 9, PRIORITY)]) == (9, 9)


@pytest.mark.rfc("3181", "5.1.3")
def test_an_error_strategy_takes_part_among_equals_only() -> None:
    assert priority([only(LOW, 9, ERROR), only(LOW, 1, QOS)]) == (9, 9)
    assert priority([only(LOW, 9, ERROR), only(HIGH, 1, QOS)]) == (1, 1)


@pytest.mark.rfc("3181", "5.1")
def test_preemption_and_defending_priority_are_merged_each_by_itself() -> None:
    some = [Part(LOW, (element(1, 9),)), Part(LOW, (element(5, 6),))]
    assert priority(some) == Priority(5, 9)


def test_who_says_nothing_weighs_nothing_and_outweighs_others_by_his_qos() -> None:
    assert priority([Part(LOW, ())]) == LOWEST
    assert priority([Part(HIGH, ()), only(LOW, 9, QOS)]) == LOWEST


@pytest.mark.rfc("3181", "5.1")
@given(parts)
def test_it_depends_on_no_order_and_never_displaces_itself(some: list[Part]) -> None:
    found = priority(some)
    assert found.preemption <= found.defending
    assert {priority(order) for order in permutations(some)} == {found}


@pytest.mark.rfc("3181", "5.1")
@given(parts)
def test_it_is_what_the_rfc_words_by_its_simple_way(some: list[Part]) -> None:
    """With and without each reservation, and those that ask for the same."""
    whole = lub(part.flowspec for part in some)
    taking: list[PreemptionPriority] = []
    for part in some:
        others = [other.flowspec for other in some if other.flowspec != part.flowspec]
        adds = not others or lub(others) != whole
        for one in part.elements:
            takes_part = one.strategy == PRIORITY or (one.strategy == QOS and adds) or not others
            taking += [one] * takes_part
    expected = [max((getattr(one, name) for one in taking), default=0) for name in FIELDS]
    assert list(priority(some)) == expected


FIELDS = ("preemption_priority", "defending_priority")


@pytest.mark.rfc("3181", "5.2")
@given(parts)
def test_compressed_they_weigh_the_same_and_are_one_for_each_strategy(some: list[Part]) -> None:
    found = compressed(some)
    assert len({one.strategy for one in found}) == len(found)
    whole = lub(part.flowspec for part in some)
    assert isinstance(whole, Flowspec)
    assert priority([Part(whole, found)]) == priority(some)
    assert len(participating(some)) == len(some)


@pytest.mark.rfc("3181", "5.2")
def test_what_is_signed_for_another_policy_node_is_carried_as_it_is() -> None:
    signed = PolicyContents((Integrity(1, 1, bytes(16)),), (element(9),)).pack()
    plain = carried((element(5),))
    assert separated((signed, *plain)) == ((element(5),), (signed,))
    assert merged([[Part(LOW, ())]], [(signed,)]) == (signed,)


@pytest.mark.rfc("2750", "4.2")
def test_other_policies_are_kept_beside_their_priority() -> None:
    other = OpaqueElement(60_000, b"word")
    mixed = PolicyContents((FilterSpec(S1),), (element(5), other)).pack()
    said, others = separated((mixed,))
    assert said == (element(5),)
    assert others == (PolicyContents((FilterSpec(S1),), (other,)).pack(),)
    policy = kept(said, others)
    assert merged([[Part(LOW, said)] * 2], [policy, policy]) == policy
