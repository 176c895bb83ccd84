"""What a host offers to programs: in process (agent.py) or at a socket (client.py).

The calls are RFC 2205 3.11.1's, as the engine's own events; reports are its upcalls. A call that is
not possible raises `CallError` with the reason, and then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from p4rsvp.engine.effects import Upcall
from p4rsvp.engine.events import AnyAppSession, ApiReserve, ApiSender
from p4rsvp.wire.address import Address
from p4rsvp.wire.diagnostics import DiagResponse
from p4rsvp.wire.filter_spec import Selector

OnUpcall: TypeAlias = Callable[[Upcall], None]
Call: TypeAlias = ApiSender | ApiReserve


class CallError(Exception):
    """A call that the host does not carry out; the text says why."""


class AgentGoneError(CallError):
    """The agent cannot be reached, or no more; what was asked of it has ended with it."""


@dataclass(frozen=True, slots=True)
class Registration:
    """SESSION: whom a program wants to hear of."""

    session: AnyAppSession
    listens: bool = True  # to the group, if it is one: a mere sender need not
    receiver: Address | None = None  # by which interface it listens; None: all of them


class Way(NamedTuple):
    """How data leaves a host, unless its socket is bound otherwise."""

    source: Address
    mtu_bytes: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be diagnosed (RFC 2745): what nodes hold from the last hop to a sender."""

    session: AnyAppSession
    sender: Selector
    last_hop: Address | None = None  # None: the session's host, or for a group this one
    max_hops: int = 0  # no limit
    along_route: bool = False  # the answer comes hop by hop


class Diagnosis(NamedTuple):
    """What has come back: node by node, from the last hop on."""

    responses: tuple[DiagResponse, ...]
    is_complete: bool  # False: parts of it, or all, were lost


class Host(Protocol):
    """A host that speaks RSVP."""

    async def open(self, registration: Registration, on_upcall: OnUpcall) -> int:
        """SESSION: take part; the answer names this part in later calls, and in upcalls."""
        ...

    async def call(self, call: Call) -> None:
        """SENDER or RESERVE."""
        ...

    async def way_towards(self, destination: Address) -> Way:
        """How data to a destination leaves this host; for a group, by any interface of ours."""
        ...

    async def diagnose(self, question: Question) -> Diagnosis:
        """Ask the nodes on a path what they hold; takes some seconds where nobody answers."""
        ...

    async def release(self, app: int) -> None:
        """RELEASE; what has been released already, or has gone, is left alone."""
        ...
