"""Who holds how much of a node's state: neighbours, interfaces and users, as state comes and goes.

Counted are path and reservation states of each neighbour and of each user that POLICY_DATA names,
and half-open path state: that of sessions in which nobody reserves, which costs its sender nothing
and us memory. What applications of ours hold is not counted here. The limits are in checks.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from p4rsvp.engine.identities import identities
from p4rsvp.wire.address import Address
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.messages import Policy

if TYPE_CHECKING:
    from p4rsvp.engine.requests import Rsb
    from p4rsvp.engine.state import Psb, SessionState

_OPENED: Final = 256  # POLICY_DATA that is remembered opened; each may be as long as a message
_Key = TypeVar("_Key", bound=Hashable)


class HalfOpen:
    """How much path state there is that nobody reserves for, by where it came from."""

    def __init__(self) -> None:
        self.total = 0
        self.by_neighbour: Counter[Address] = Counter()
        self.by_interface: Counter[int] = Counter()

    def add(self, psb: Psb, number: int) -> None:
        """One more (1) or one less (-1)."""
        if psb.hop is None:
            return
        self.total += number
        _add(self.by_neighbour, psb.hop.address, number)
        _add(self.by_interface, psb.interface, number)


class Holders:
    """The counts of a node."""

    def __init__(self) -> None:
        self.by_neighbour: Counter[Address] = Counter()  # path and reservation states
        self.by_user: Counter[str] = Counter()  # likewise; a state of two users counts for both
        self.half_open = HalfOpen()

    def path_begins(self, psb: Psb) -> None:
        """A PSB is in its session, or a known one is of somebody else now."""
        self._path(psb, 1)

    def path_ends(self, psb: Psb) -> None:
        """The opposite of that."""
        self._path(psb, -1)

    def _path(self, psb: Psb, number: int) -> None:
        if psb.hop is None:
            return
        _add(self.by_neighbour, psb.hop.address, number)
        self.users_hold(psb.policy, number)
        if not psb.session.rsbs:
            self.half_open.add(psb, number)

    def resv_begins(self, state: SessionState, rsb: Rsb) -> None:
        """An RSB is in its session; if it is the first, the session's path state is open."""
        self._resv(state, rsb, 1)

    def resv_ends(self, state: SessionState, rsb: Rsb) -> None:
        """An RSB is in its session no more."""
        self._resv(state, rsb, -1)

    def _resv(self, state: SessionState, rsb: Rsb, number: int) -> None:
        if rsb.nhop is not None:
            _add(self.by_neighbour, rsb.nhop, number)
            self.users_hold(rsb.policy, number)
        if len(state.rsbs) == (1 if number > 0 else 0):
            for psb in state.psbs:
                self.half_open.add(psb, -number)

    def users_hold(self, policy: Policy, number: int) -> None:
        """The users that this names hold one state more (1) or less (-1)."""
        for user in users_of(policy):
            _add(self.by_user, user, number)


def users_of(policy: Policy) -> frozenset[str]:
    """The users that POLICY_DATA names; what cannot be read names nobody."""
    return _users_of(policy) if policy else frozenset()


@lru_cache(_OPENED)
def _users_of(policy: Policy) -> frozenset[str]:
    try:
        return frozenset(identities(policy).users)
    except DecodeError:
        return frozenset()


def _add(counter: Counter[_Key], key: _Key, number: int) -> None:
    """Count, and forget who holds nothing."""
    counter[key] += number
    if not counter[key]:
        del counter[key]
