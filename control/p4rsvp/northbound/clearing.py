"""What an operator wants torn down, from the texts of the API to the node's own values.

Sessions and senders are named as they are shown, and looked for among those that are there: so any
of them can be named, and a slip of the pen is told before anything is torn down.
"""

from __future__ import annotations

from p4rsvp.daemon.logs import session_text
from p4rsvp.engine.core import Core
from p4rsvp.engine.events import TearDown
from p4rsvp.engine.state import SessionState
from p4rsvp.northbound.report import sender_text
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import Selector


class NothingThereError(Exception):
    """What is named does not exist; the text says what does."""


def wanted(node: Core, request: pb.TearDownRequest) -> TearDown:
    """The event for a request, or NothingThereError."""
    state = _session(node, request.session) if request.session else None
    scope = request.scope
    return TearDown(
        state.session if state else None,
        _sender(node, state, request.sender) if request.sender else None,
        _interface(node, request.interface) if request.interface else None,
        _neighbour(node, request.neighbor) if request.neighbor else None,
        paths=scope != pb.TearDownRequest.SCOPE_RESERVATIONS,
        reservations=scope != pb.TearDownRequest.SCOPE_PATHS,
    )


def _session(node: Core, text: str) -> SessionState:
    for state in node.sessions.values():
        if session_text(state.session) == text:
            return state
    raise NothingThereError(f"there is no session {text}; `p4rsvp show sessions` names all")


def _sender(node: Core, state: SessionState | None, text: str) -> Selector:
    for one in [state] if state else node.sessions.values():
        named = [psb.selector for psb in one.psbs]
        named += [selector for rsb in one.rsbs for selector in rsb.selectors]
        for selector in named:
            if sender_text(selector) == text:
                return selector
    raise NothingThereError(f"there is no sender {text!r}; `p4rsvp show senders` names all")


def _interface(node: Core, number: int) -> int:
    if number not in node.interfaces:
        known = ", ".join(map(str, sorted(node.interfaces)))
        raise NothingThereError(f"there is no interface {number} that is up; there are {known}")
    return number


def _neighbour(node: Core, text: str) -> Address:
    try:
        address = Address.parse(text)
    except ValueError as error:
        raise NothingThereError(f"{text!r} is no address") from error
    if address not in node.holders.by_neighbour:
        raise NothingThereError(f"no state here is of the neighbor {text}")
    return address
