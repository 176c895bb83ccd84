"""The seam to policy control (RFC 2205 2.7, RFC 2750): who may do what. Mechanism is elsewhere.

A node asks before it takes a Path or a Resv into its state, and when it merges reservations that
carry POLICY_DATA. A policy that preempts does so by a TargetPreempts event.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import Psb, SessionState
from p4rsvp.wire.messages import Path, Policy, Resv


class Circumstances(NamedTuple):
    """What a message does not say itself."""

    interface: int  # where the Path comes in, or the reservation is to stand
    now_ns: int
    states: int  # that the neighbour has already, beside the one that is asked about


class PolicyControl(Protocol):
    """What a node wants to know."""

    def refuses_path(
        self, session: SessionState | None, path: Path, at: Circumstances
    ) -> Refusal | None:
        """Whether this Path may not become state; `session` None: there is none yet."""
        ...

    def refuses_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Refusal | None:
        """Whether this Resv may not become state."""
        ...

    def merge_path(self, psb: Psb) -> Policy:
        """The POLICY_DATA to send downstream."""
        ...

    def merge_resv(self, rsbs: Iterable[Rsb]) -> Policy:
        """The POLICY_DATA to send upstream for these reservations."""
        ...


class AllowAll:
    """Everybody may; POLICY_DATA travels on, each object once."""

    def refuses_path(
        self, session: SessionState | None, path: Path, at: Circumstances
    ) -> Refusal | None:
        return None

    def refuses_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Refusal | None:
        return None

    def merge_path(self, psb: Psb) -> Policy:
        return psb.policy

    def merge_resv(self, rsbs: Iterable[Rsb]) -> Policy:
        return tuple(dict.fromkeys([item for rsb in rsbs for item in rsb.policy]))
