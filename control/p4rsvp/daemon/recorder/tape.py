"""Records what a node is told, as it is told, into a ring of files.

What the refresh filter knows never reaches the node, and is recorded as the numbers of the
lifetimes that it extends: four bytes a refresh. All else is recorded as the event that it is,
before the node takes it, and a digest of the effects after: so the event that a node failed at is
the last one there. Each write goes to the kernel at once: a killed daemon loses nothing.

The ring is `segments` files: `FILE` is written to, `FILE.1` was before it, and so on; the oldest
goes. Each begins with a whole node and can be played by itself. To write a node takes time, which
docs/daemon.md tells. A disk that is full ends the recording and not the daemon.

Nothing secret goes in: neither keys nor the seed of the filter. Files are for their owner only.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp import __version__
from p4rsvp.daemon.recorder.frames import Kind, head, record
from p4rsvp.daemon.recorder.values import digest, frozen, frozen_node
from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import Event
from p4rsvp.engine.node import Node
from p4rsvp.engine.policy import PolicyControl
from p4rsvp.engine.timers import NEVER
from p4rsvp.fast.refresh import RefreshFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from p4rsvp.engine.config import NodeConfig
    from p4rsvp.engine.lifetimes import Lifetime
    from p4rsvp.fast.front import Front

LOG = logging.getLogger(__name__)

NOW = Struct("<Q")
LEARNT = Struct("<QIQ")  # the time, the slot, and how long it lives from then on
EXTENDED = np.dtype([("slot", "<u4"), ("until_ns", "<u8"), ("lifetime_ns", "<u8")])
SLOTS = np.dtype("<u4")
_OWNER_ONLY: Final = 0o600


class TapedNode(Node):
    """A node that records what it is told, once it has a tape."""

    tape: Tape | None = None

    def __init__(self, config: NodeConfig, policy: PolicyControl | None = None) -> None:
        super().__init__(config, policy)

    def handle(self, event: Event, now_ns: int) -> list[Effect]:
        if self.tape is None:
            return super().handle(event, now_ns)
        self.tape.event(event, now_ns)
        effects = super().handle(event, now_ns)
        self.tape.effects(effects)
        return effects


class TapedFilter(RefreshFilter):
    """A refresh filter that records what it extends and learns."""

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self._tape = tape

    def insert_all(
        self,
        fingerprints: NDArray[np.uint64],
        message_ids: NDArray[np.uint64],
        learned: NDArray[np.int64],
        now_ns: int,
    ) -> None:
        super().insert_all(fingerprints, message_ids, learned, now_ns)
        for _, slot, lifetime_ns in learned.tolist():
            self._tape.write(record(Kind.LEARNT, LEARNT.pack(now_ns, slot, lifetime_ns)))

    def touch(
        self,
        fingerprints: NDArray[np.uint64],
        message_ids: NDArray[np.uint64],
        candidates: NDArray[np.bool_],
        now_ns: int,
    ) -> NDArray[np.bool_]:
        known = super().touch(fingerprints, message_ids, candidates, now_ns)
        if known.any():
            slots = self.handles(fingerprints[known]).astype(SLOTS)
            self._tape.write(record(Kind.KNOWN, NOW.pack(now_ns), slots.tobytes()))
        return known


class Tape:
    """The recording of one node behind one front, from now on."""

    def __init__(self, path: Path, size_bytes: int, segments: int, front: Front) -> None:
        """Begin a recording; raises OSError where the file cannot be written."""
        self.events = 0
        self.segments_begun = 0
        self.error: OSError | None = None  # why it has ended
        self._path = path
        self._segment_bytes = size_bytes // segments
        self._segments = segments
        self._front = front
        node = front.node
        assert isinstance(node, TapedNode), "who is recorded has to tell"
        self._node = node
        self._file = -1
        self._written_bytes = 0
        self._begin(node.now_ns)
        front.filter = TapedFilter(self)
        node.tape = self

    def close(self) -> None:
        """End."""
        self._node.tape = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def event(self, event: Event, now_ns: int) -> None:
        """The node is to take this now."""
        if self._written_bytes > self._segment_bytes and self.error is None:
            try:
                self._begin(now_ns)
            except OSError as error:
                self._fail(error)
        self.events += 1
        self.write(record(Kind.EVENT, NOW.pack(now_ns), frozen(event)))

    def effects(self, effects: list[Effect]) -> None:
        """That is what came of it."""
        self.write(record(Kind.EFFECTS, digest(effects)))

    def write(self, data: bytes) -> None:
        """Append a record."""
        if self.error is not None or self._file < 0:
            return
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError as error:
            self._fail(error)
        self._written_bytes += len(data)

    def _fail(self, error: OSError) -> None:
        LOG.error("the recording has ended: %s: %s", self._path, error.strerror)
        self.error = error

    def _begin(self, now_ns: int) -> None:
        """Begin a file, and let the one before it move on; it is there when it is whole."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, _OWNER_ONLY)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._written_bytes = file, 0
        first = head(
            {
                "p4rsvp": __version__,
                "router": self._node.config.name,
                "wall_ns": time.time_ns(),
                "now_ns": now_ns,
                "segment": self.segments_begun,
                "first_event": self.events,
            }
        )
        os.write(file, first)
        until = self._extended()
        checkpoint = frozen_node(self._node, self)
        self.write(record(Kind.CHECKPOINT, NOW.pack(len(until)), until.tobytes(), checkpoint))
        if self.error is not None:
            return
        self._written_bytes = 0  # the checkpoint does not count, or a large one would end at once
        self.segments_begun += 1
        self._move_on()
        fresh.rename(self._path)

    def _move_on(self) -> None:
        names = [self._path, *(self._numbered(n) for n in range(1, self._segments))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            if newer.exists():
                newer.replace(older)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _extended(self) -> NDArray[np.void]:
        """Until when the filter has extended which lifetimes, and by how much each time."""
        extended_to = self._node.lifetimes.extended_to
        held: dict[int, Lifetime] = {}
        for state in self._node.sessions.values():
            lives = [psb.lifetime for psb in state.psbs if psb.lifetime is not None]
            held |= {one.slot: one for one in lives}
            held |= {one.slot: one for rsb in state.rsbs for one in rsb.lifetimes}
        until = {slot: extended_to(slot) for slot in held}
        rows = [(n, at, held[n].lifetime_ns) for n, at in until.items() if at != NEVER]
        return np.array(rows, EXTENDED)
