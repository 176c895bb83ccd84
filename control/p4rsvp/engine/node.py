"""A node: events and the time in, effects out, and when to come back with a Tick.

This is the table of which rule takes which event. The tables are in core.py; the rules are in
arrival.py (messages), answers.py (the data plane's), api.py, diagnose.py, topology.py (routes and
interfaces), expiry.py (timers), preempt.py and shutdown.py, and in what those call. All of it is
pure: the same seed and events give the same effects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from p4rsvp.engine import answers, api, arrival, diagnose, expiry, preempt, shutdown, topology
from p4rsvp.engine.core import Core
from p4rsvp.engine.effects import Cause, Effect
from p4rsvp.engine.events import (
    ApiDiagnose,
    ApiRelease,
    ApiReserve,
    ApiSender,
    ApiSession,
    Event,
    InterfaceChanged,
    PacketIn,
    PolicyAnswer,
    RouteChanged,
    TargetPreempts,
    TargetResult,
    TearDown,
    Tick,
)


class Node(Core):
    """One RSVP-capable router, host, or both."""

    def handle(self, event: Event, now_ns: int) -> list[Effect]:
        """Take one event; time never runs backwards."""
        effects = self.begin(now_ns)
        self.cause = _CAUSES.get(type(event), Cause.ANOTHER)
        _RULES[type(event)](self, event)
        return effects


_RULES: dict[type, Callable[[Core, Any], None]] = {
    PacketIn: arrival.packet_in,
    RouteChanged: topology.route_changed,
    InterfaceChanged: topology.interface_changed,
    TargetResult: answers.target_result,
    TargetPreempts: preempt.target_preempts,
    PolicyAnswer: arrival.policy_answer,
    Tick: expiry.tick,
    TearDown: shutdown.tear_down,
    ApiSession: api.open_session,
    ApiSender: api.sender,
    ApiReserve: api.reserve,
    ApiRelease: api.release,
    ApiDiagnose: diagnose.ask,
}

# What ends a reservation, should it end by such an event; of messages arrival.py says more.
_CAUSES = {
    RouteChanged: Cause.ROUTING,
    InterfaceChanged: Cause.ROUTING,
    TargetPreempts: Cause.GIVEN_UP,
    Tick: Cause.EXPIRED,
    TearDown: Cause.CLEARED,
    ApiSender: Cause.SENDER_GONE,
    ApiReserve: Cause.RELEASED,
    ApiRelease: Cause.RELEASED,
}
