"""What a node takes of memory, and gives back."""

from __future__ import annotations

import gc

from p4rsvp.bench.reservations import reservation, router
from p4rsvp.engine.effects import Program
from p4rsvp.engine.events import TargetResult, Tick
from p4rsvp.engine.node import Node
from p4rsvp.engine.state import Psb, SessionState

HOUR_NS = 3_600 * 10**9


def answer(node: Node, effects: list[object], now_ns: int) -> None:
    for effect in effects:
        if isinstance(effect, Program):
            node.handle(TargetResult(effect.txn, ok=True), now_ns)


def alive() -> int:
    return sum(isinstance(thing, SessionState | Psb) for thing in gc.get_objects())


def test_what_expires_is_freed_without_the_garbage_collector() -> None:
    node = router()
    before = alive()
    gc.disable()
    try:
        for packet in reservation(0):
            answer(node, list(node.handle(packet, 0)), 0)
        assert alive() == before + 2
        while node.sessions:
            answer(node, list(node.handle(Tick(), HOUR_NS)), HOUR_NS)
        node.handle(Tick(), 2 * HOUR_NS)
        assert alive() == before
    finally:
        gc.enable()
