"""POLICY_DATA with priorities, and a node that goes by them."""

from p4rsvp.engine.events import Prefix
from p4rsvp.security.policy import LocalPolicy
from p4rsvp.security.priority import elements_of
from p4rsvp.security.rules import Rule
from p4rsvp.wire.address import Address
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.policy import PolicyContents
from p4rsvp.wire.policy_elements import MergeStrategy, PreemptionPriority
from tests.engine.rig import Rig

EVERYBODY = (Prefix(Address(bytes(4)), 0),)
QOS = MergeStrategy.HIGHEST_QOS
PRIORITY = MergeStrategy.HIGHEST_PRIORITY
ERROR = MergeStrategy.ERROR_IF_HETEROGENEOUS


def element(
    preemption: int, defending: int | None = None, strategy: MergeStrategy = QOS
) -> PreemptionPriority:
    return PreemptionPriority(preemption, preemption if defending is None else defending, strategy)


def weight(preemption: int, defending: int | None = None, strategy: MergeStrategy = QOS) -> Policy:
    """A request's POLICY_DATA with this priority."""
    return (PolicyContents((), (element(preemption, defending, strategy),)).pack(),)


def said(policy: Policy) -> tuple[PreemptionPriority, ...]:
    """The priorities in a message."""
    return elements_of(policy)


def preemptive(*rules: Rule, believed: tuple[Prefix, ...] = EVERYBODY) -> Rig:
    return Rig(policy=LocalPolicy(rules, default=True, wall_offset_ns=0, believed=believed))
