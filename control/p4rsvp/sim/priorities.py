"""Worlds in which reservations have priorities (RFC 3181): who asks with which, and by what policy.

Every application draws one, often none, and keeps it. All nodes believe each other.
"""

from __future__ import annotations

from p4rsvp.engine.events import Prefix
from p4rsvp.security.policy import LocalPolicy
from p4rsvp.sim.dice import Dice
from p4rsvp.wire.address import Address
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.policy import PolicyContents
from p4rsvp.wire.policy_elements import MergeStrategy, PreemptionPriority

MOST = 5
_EVERYBODY = (Prefix(Address(bytes(4)), 0), Prefix(Address(bytes(16)), 0))


def policy() -> LocalPolicy:
    """What a node of such a world goes by."""
    return LocalPolicy((), default=True, wall_offset_ns=0, believed=_EVERYBODY)


def draw_weight(dice: Dice) -> Policy:
    """What a request says of its priority."""
    if dice.happens(0.3):
        return ()
    low = dice.between(0, MOST)
    high = low + dice.between(0, 2)
    return weight(PreemptionPriority(low, high, dice.choice((*MergeStrategy,))))


def weight(element: PreemptionPriority) -> Policy:
    """A request's POLICY_DATA."""
    return (PolicyContents((), (element,)).pack(),)
