"""Control load is bounded per state: in quiet times, refreshes and nothing else.

A message is repeated after 0.5 R at the soonest (RFC 2205 3.7), so that in a time T no more than
T / 0.5 R + 1 of each can be sent. At any time, even under faults, a step may send no more messages
than there is state to send them for.
"""

from __future__ import annotations

from p4rsvp.engine.effects import Effect, SendPacket
from p4rsvp.engine.events import Event
from p4rsvp.engine.node import Node
from p4rsvp.sim.checks import CheckFailedError, Promise
from p4rsvp.sim.machine import Machine
from p4rsvp.wire.codes import MessageType

_REFRESHES = (MessageType.PATH, MessageType.RESV)


class QuietLoad:
    """Counts what is sent while nothing happens."""

    def __init__(self) -> None:
        self._sent: dict[str, int] = {}

    def stepped(self, machine: Machine, event: Event, effects: list[Effect]) -> None:
        for effect in effects:
            if not isinstance(effect, SendPacket):
                continue
            if effect.data[1] not in _REFRESHES:
                name = MessageType(effect.data[1]).name
                raise CheckFailedError(
                    Promise.LOAD, f"{machine.name} sends a {name} in quiet times, on {event}"
                )
            self._sent[machine.name] = self._sent.get(machine.name, 0) + 1

    def written(self, machine: Machine) -> None:
        raise CheckFailedError(
            Promise.LOAD, f"{machine.name} writes to its data plane in quiet times"
        )

    def check(self, machine: Machine, window_ns: int, period_ns: int) -> None:
        """Hold what was sent in a window against the state there is."""
        if machine.node is None:
            return
        repetitions = window_ns * 2 // period_ns + 2
        allowed = _messages(machine.node) * repetitions
        sent = self._sent.get(machine.name, 0)
        if sent > allowed:
            raise CheckFailedError(
                Promise.LOAD,
                f"{machine.name} sends {sent} messages in {window_ns / period_ns:g} R, "
                f"{allowed} would be the most",
            )


def _messages(node: Node) -> int:
    """How many messages the node keeps repeating."""
    return sum(
        len(state.outs) + sum(len(psb.outs) for psb in state.psbs)
        for state in node.sessions.values()
    )
