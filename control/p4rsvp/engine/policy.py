"""The seam to policy control (RFC 2205 2.7, RFC 2750): who may do what. Mechanism is elsewhere.

A node asks before it takes a Path or a Resv into its state, when it merges reservations that carry
POLICY_DATA, and, where reservations may be preempted, how much they weigh (RFC 3181): then one for
which there is no room takes the place of others (evict.py).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import msgspec

from p4rsvp.engine.events import Answer
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import Psb, SessionState
from p4rsvp.wire.messages import Path, Policy, Resv


class Circumstances(msgspec.Struct, frozen=True, gc=False):
    """What a message does not say itself."""

    interface: int  # where the Path comes in, or the reservation is to stand
    came_by: int  # the interface by which the message has come
    now_ns: int
    states: int  # that the neighbour has already, beside the one that is asked about
    answer: Answer | None = None  # of somebody outside, where there was a question


class Accepted(NamedTuple):
    """A message may become state."""

    policy: Policy  # the POLICY_DATA to keep with it and to pass on


class Undecided(NamedTuple):
    """Somebody outside has to decide: the message waits (pending.py)."""

    question: Hashable


Verdict: TypeAlias = Refusal | Accepted | Undecided


class Priority(NamedTuple):
    """What a reservation may displace, and what may displace it (RFC 3181 4)."""

    preemption: int
    defending: int


LOWEST = Priority(0, 0)


class PolicyControl(Protocol):
    """What a node wants to know."""

    preempts: bool  # whether reservations may have to give way to others

    def judge_path(self, session: SessionState | None, path: Path, at: Circumstances) -> Verdict:
        """Whether this Path may become state; `session` None: there is none yet."""
        ...

    def judge_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Verdict:
        """Whether this Resv may become state."""
        ...

    def merge_path(self, psb: Psb) -> Policy:
        """The POLICY_DATA to send downstream."""
        ...

    def merge_resv(self, rsbs: Sequence[Rsb]) -> Policy:
        """The POLICY_DATA to send upstream for these reservations."""
        ...

    def priority(self, rsbs: Sequence[Rsb]) -> Priority:
        """What these reservations, merged, weigh."""
        ...

    def preempted_by(self, rsbs: Sequence[Rsb]) -> Policy:
        """The POLICY_DATA that tells others that they had to give way to these (RFC 3181 6)."""
        ...

    def unmerged(self, rsbs: Sequence[Rsb]) -> Iterable[tuple[Rsb, Refusal]]:
        """Whose policy has no part in the merged one, and is to hear of it (RFC 3181 5.1.3)."""
        ...


class AllowAll:
    """Everybody may, and nobody gives way; POLICY_DATA travels on, each object once."""

    preempts = False

    def judge_path(self, session: SessionState | None, path: Path, at: Circumstances) -> Verdict:
        return Accepted(path.policy)

    def judge_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Verdict:
        return Accepted(resv.policy)

    def merge_path(self, psb: Psb) -> Policy:
        return psb.policy

    def merge_resv(self, rsbs: Sequence[Rsb]) -> Policy:
        return tuple(dict.fromkeys([item for rsb in rsbs for item in rsb.policy]))

    def priority(self, rsbs: Sequence[Rsb]) -> Priority:
        return LOWEST

    def preempted_by(self, rsbs: Sequence[Rsb]) -> Policy:
        return ()

    def unmerged(self, rsbs: Sequence[Rsb]) -> Iterable[tuple[Rsb, Refusal]]:
        return ()
