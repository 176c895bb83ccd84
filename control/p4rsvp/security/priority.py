"""Signaled preemption priority (RFC 3181): what merged reservations weigh. Pure.

An element takes part by its own strategy: with the highest QoS if its reservation adds to what all
come to, with the highest priority always, and with an error on heterogeneity if all ask for the
same. Preemption and defending priority are the highest of those that take part, each by itself. A
reservation without an element weighs nothing and takes part in nothing.

A node keeps the elements of a request in a POLICY_DATA of their own, the first (`kept`); so what
counts is told from what is only carried: elements in objects that are signed for another policy
node (RFC 3181 5.2 lets nobody change those), and those of neighbours who are not believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from p4rsvp.engine.policy import LOWEST, Priority
from p4rsvp.intserv.services import compare, lub
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.policy import PolicyContents, PolicyData, read_policy
from p4rsvp.wire.policy_elements import (
    ElementType,
    MergeStrategy,
    PreemptionError,
    PreemptionPriority,
    bad_element,
)

_REMEMBERED = 4_096
_NO_OTHERS = (Ordering.EQUAL, Ordering.INCOMPATIBLE)
_STRATEGIES = frozenset(MergeStrategy)
Elements = tuple[PreemptionPriority, ...]


class Part(NamedTuple):
    """One of the reservations that are merged."""

    flowspec: Flowspec
    elements: Elements


def priority(parts: Sequence[Part]) -> Priority:
    """What merged reservations weigh."""
    elements = [one for found in participating(parts) for one in found]
    if not elements:
        return LOWEST
    return Priority(
        max(one.preemption_priority for one in elements),
        max(one.defending_priority for one in elements),
    )


def participating(parts: Sequence[Part]) -> list[Elements]:
    """Of each reservation, the elements that take part (RFC 3181 5.1)."""
    if len(parts) == 1:
        return [parts[0].elements]
    flowspecs = [part.flowspec for part in parts]
    is_alike = all(compare(one, flowspecs[0]) is Ordering.EQUAL for one in flowspecs)
    found = []
    for part in parts:
        adds = is_alike or _adds(part.flowspec, flowspecs)
        takes_part = {
            MergeStrategy.HIGHEST_QOS: adds,
            MergeStrategy.HIGHEST_PRIORITY: True,
            MergeStrategy.ERROR_IF_HETEROGENEOUS: is_alike,
        }
        found.append(tuple([e for e in part.elements if takes_part[MergeStrategy(e.strategy)]]))
    return found


def _adds(flowspec: Flowspec, flowspecs: Sequence[Flowspec]) -> bool:
    """RFC 3181 5.1.1: whether the merged QoS is another without it, and those that equal it."""
    others = [one for one in flowspecs if compare(one, flowspec) not in _NO_OTHERS]
    return not others or compare(lub(others), lub([*others, flowspec])) is not Ordering.EQUAL


def compressed(parts: Sequence[Part]) -> Elements:
    """RFC 3181 5.2: of those that take part, one for each strategy."""
    return _one_each(one for elements in participating(parts) for one in elements)


def _one_each(elements: Iterable[PreemptionPriority]) -> Elements:
    best: dict[int, PreemptionPriority] = {}
    for one in elements:
        known = best.get(one.strategy, one)
        best[one.strategy] = PreemptionPriority(
            max(known.preemption_priority, one.preemption_priority),
            max(known.defending_priority, one.defending_priority),
            one.strategy,
        )
    return tuple([best[strategy] for strategy in sorted(best)])


def heterogeneous(parts: Sequence[Part]) -> list[Elements]:
    """Of each reservation, the elements that cannot be merged, as they are sent back (6)."""
    return [
        tuple(
            [
                PreemptionPriority(
                    one.preemption_priority,
                    one.defending_priority,
                    one.strategy,
                    PreemptionError.HETEROGENEOUS,
                )
                for one in part.elements
                if one.strategy == MergeStrategy.ERROR_IF_HETEROGENEOUS and one not in taken
            ]
        )
        for part, taken in zip(parts, participating(parts), strict=True)
    ]


def preempted_by(parts: Sequence[Part]) -> Elements:
    """What those who gave way are told: the elements that displaced them (6)."""
    return tuple(
        [
            PreemptionPriority(
                one.preemption_priority,
                one.defending_priority,
                one.strategy,
                PreemptionError.PREEMPTION,
            )
            for one in compressed(parts)
        ]
    )


def checked(elements: Elements) -> Elements:
    """Elements as RFC 3181 4 has them, or DecodeError."""
    for one in elements:
        if one.strategy not in _STRATEGIES:
            raise bad_element(f"PREEMPTION_PRI has the merge strategy {one.strategy}")
        if one.preemption_priority > one.defending_priority:
            raise bad_element(
                f"the preemption priority {one.preemption_priority} is above the defending "
                f"priority {one.defending_priority}"
            )
    return elements


# --- POLICY_DATA ---


def carried(elements: Elements) -> Policy:
    """The POLICY_DATA of these elements; none for none."""
    return (PolicyContents((), elements).pack(),) if elements else ()


def kept(elements: Elements, others: Policy) -> Policy:
    """What a request keeps: its own elements first, then what it carries."""
    return (*carried(elements), *others)


def separated(policy: Policy) -> tuple[Elements, Policy]:
    """The elements that may be read and merged, and the POLICY_DATA without them.

    Raises DecodeError, with the error to answer with.
    """
    elements: list[PreemptionPriority] = []
    rest = []
    for item in policy:
        contents = read_policy(item) if isinstance(item, PolicyData) else PolicyContents()
        mine = [one for one in contents.elements if one.p_type == ElementType.PREEMPTION_PRI]
        if not mine or contents.integrity is not None:
            rest.append(item)
            continue
        elements += [one for one in mine if isinstance(one, PreemptionPriority)]
        others = tuple([one for one in contents.elements if one not in mine])
        if others:
            rest.append(PolicyContents(contents.options, others).pack())
    return tuple(elements), tuple(rest)


@lru_cache(_REMEMBERED)
def elements_of(policy: Policy) -> Elements:
    """The elements that a request keeps (`kept`)."""
    if not policy or not isinstance(policy[0], PolicyData):
        return ()
    try:
        contents = read_policy(policy[0])
    except DecodeError:
        return ()  # what cannot be read is carried, and counts for nothing
    mine = tuple([one for one in contents.elements if isinstance(one, PreemptionPriority)])
    is_bare = len(mine) == len(contents.elements) and not contents.options
    return mine if is_bare else ()


def merged(groups: Iterable[Sequence[Part]], policies: Iterable[Policy]) -> Policy:
    """The POLICY_DATA to send upstream: the elements merged, all else once (RFC 2750 4.2).

    Reservations of distinct senders, which are a group each, merge with none of another; but they
    may travel in one message, and there the highest of each strategy stands for all of them.
    """
    elements = _one_each(one for parts in groups for one in compressed(parts))
    others = [item for each in policies for item in (each[1:] if elements_of(each) else each)]
    return kept(elements, tuple(dict.fromkeys(others)))
