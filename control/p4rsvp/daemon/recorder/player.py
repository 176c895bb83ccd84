"""Plays a recording: the same node, told the same at the same times, and what comes of it.

The node is the recorded one; what the refresh filter did to its lifetimes is done as recorded, so
that there is neither a filter nor its key. After every event the digest of the effects is compared
with the recorded one: from the same code they are the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from p4rsvp.daemon.recorder.frames import Kind, NotARecordingError, Record, Recording
from p4rsvp.daemon.recorder.tape import EXTENDED, LEARNT, NOW, SLOTS
from p4rsvp.daemon.recorder.values import digest, thawed
from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import Event
from p4rsvp.engine.node import Node
from p4rsvp.engine.timers import NEVER


class Step(NamedTuple):
    """One event, and what came of it."""

    number: int
    now_ns: int
    event: Event
    effects: list[Effect]
    is_as_recorded: bool | None  # None: the recording ends before it says


@dataclass(slots=True)
class _Lives:
    """Until when, and for how long each time, refreshes keep a lifetime."""

    until_ns: int
    lifetime_ns: int


class Player:
    """A recording, played once."""

    def __init__(self, recording: Recording) -> None:
        """Begin; raises NotARecordingError where there is nothing to begin with."""
        self._records = recording.records()
        first = next(self._records, None)
        if first is None or first.kind is not Kind.CHECKPOINT:
            raise NotARecordingError(f"{recording.path}: no checkpoint to begin with")
        self.known_refreshes = 0
        self.played: Step | None = None  # the last one
        self._number = int(recording.head["first_event"])
        self.start_ns = int(recording.head["now_ns"])
        self._lives: dict[int, _Lives] = {}
        self.node = self._checkpoint(first.body)
        self.node.lifetimes.extended_to = self._extended_to

    def _checkpoint(self, body: bytes) -> Node:
        (count,) = NOW.unpack_from(body)
        end = NOW.size + count * EXTENDED.itemsize
        node = thawed(body[end:])
        if not isinstance(node, Node):
            raise NotARecordingError("a checkpoint without a node")
        for slot, until_ns, lifetime_ns in np.frombuffer(body[NOW.size : end], EXTENDED).tolist():
            self._lives[slot] = _Lives(until_ns, lifetime_ns)
        return node

    def steps(self, until_ns: int | None = None) -> Iterator[Step]:
        """Play, up to a time on the recorded clock."""
        pending: Step | None = None
        for found in self._records:
            if found.kind is Kind.EFFECTS:
                if pending is None:
                    raise NotARecordingError(f"effects of no event at byte {found.offset}")
                is_same = digest(pending.effects) == found.body
                self.played, pending = pending._replace(is_as_recorded=is_same), None
                yield self.played
                continue
            (now_ns,) = NOW.unpack_from(found.body)
            if until_ns is not None and now_ns > until_ns:
                return
            pending = self._take(found, now_ns)
        if pending is not None:
            self.played = pending
            yield pending

    def _take(self, found: Record, now_ns: int) -> Step | None:
        match found.kind:
            case Kind.EVENT:
                return self._event(thawed(found.body[NOW.size :]), now_ns)
            case Kind.KNOWN:
                slots = np.frombuffer(found.body[NOW.size :], SLOTS).tolist()
                self.known_refreshes += len(slots)
                for slot in slots:
                    lives = self._lives[slot]
                    lives.until_ns = now_ns + lives.lifetime_ns
            case Kind.LEARNT:
                _, slot, lifetime_ns = LEARNT.unpack(found.body)
                self._lives[slot] = _Lives(now_ns + lifetime_ns, lifetime_ns)
            case _:
                raise NotARecordingError(f"a second checkpoint at byte {found.offset}")
        return None

    def _event(self, event: Event, now_ns: int) -> Step:
        effects = self.node.handle(event, now_ns)
        for slot in self.node.lifetimes.forgotten:
            self._lives.pop(slot, None)
        self._number += 1
        return Step(self._number - 1, now_ns, event, effects, None)

    def _extended_to(self, slot: int) -> int:
        lives = self._lives.get(slot)
        return NEVER if lives is None else lives.until_ns
