"""The packet engine: the arrays that a pipeline runs on, and rounds of packets through it.

One engine belongs to one thread. It shares the arena (tables, meters, counters) with the control
plane and other engines, and owns its packet slots, rows, queues and lists. Nothing here knows what
a port is connected to: packets come in through `receive` and leave through `collect`, or by the
port drivers' own kernels.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.softswitch import jit
from p4rsvp.softswitch.compiler import load_jitted, load_plain
from p4rsvp.softswitch.kernels.queues import PORT_WORDS, PORTS, Port
from p4rsvp.softswitch.layout import (
    DIGEST_CAPACITY_WORDS,
    LIST_COUNT,
    SENT_LIST,
    Ctl,
    Row,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from p4rsvp.softswitch.codegen.module import Generated

DEFAULT_SLOTS = 4096
BATCH = 256  # of the inbox in a round: what waits there takes no slot, so that a burst finds some
DEFAULT_SLOT_BYTES = 2304  # zeros, headroom, a frame of up to 1900 bytes, slack
HEADROOM_BYTES = 256


@dataclass(frozen=True, slots=True)
class Sent:
    """A packet that left the pipeline."""

    port: int
    data: bytes
    at_ns: int


class Engine:
    """Packet memory and one compiled pipeline."""

    def __init__(
        self,
        generated: Generated,
        arena: NDArray[np.uint64],
        *,
        slots: int = DEFAULT_SLOTS,
        slot_bytes: int = DEFAULT_SLOT_BYTES,
        plain: bool = False,
        number: int = 0,
    ) -> None:
        self.number = number  # of the worker, where there are several
        self.generated = generated
        self.plain = plain or jit.JIT_DISABLED
        self.code = load_plain(generated.source) if self.plain else load_jitted(generated.source)
        self.slots = slots
        self.slot_bytes = slot_bytes
        self.rows = np.zeros(slots * generated.row_words, dtype=np.uint64)
        self.bytes = np.zeros(slots * slot_bytes, dtype=np.uint8)
        self.queues = np.zeros(PORTS * PORT_WORDS, dtype=np.uint64)
        self.ctl = self._control_block()
        self.mem = self._view(arena)
        self._pkt = self._view(self.bytes)
        self._phv = self._view(self.rows)
        self._ctl = self._view(self.ctl)
        self._q = self._view(self.queues)
        self._frame = np.zeros(slot_bytes, dtype=np.uint8)
        self._inbox: deque[tuple[int, bytes, int]] = deque()
        self.wake: Callable[[], None] | None = None  # tells a loop that sleeps of new work

    def _view(self, array: NDArray[Any]) -> Any:
        return jit.view(array, plain=self.plain)

    def _control_block(self) -> NDArray[np.uint64]:
        made = self.generated
        lists = Ctl.LISTS + LIST_COUNT * self.slots
        moves = lists + PORTS
        digests = moves + 2 * len(made.carried_words)
        ctl = np.zeros(digests + DIGEST_CAPACITY_WORDS, dtype=np.uint64)
        ctl[Ctl.WORKER], ctl[Ctl.WORKERS] = self.number, 1
        ctl[Ctl.SLOTS] = self.slots
        ctl[Ctl.SLOT_BYTES] = self.slot_bytes
        ctl[Ctl.ROW_WORDS] = made.row_words
        ctl[Ctl.FIRST_BYTE] = made.zero_bytes + HEADROOM_BYTES
        ctl[Ctl.SHAPED_AT] = lists
        ctl[Ctl.MOVES], ctl[Ctl.MOVES_AT] = len(made.carried_words), moves
        for index, (source, target) in enumerate(made.carried_words):
            ctl[moves + 2 * index], ctl[moves + 2 * index + 1] = source, target
        ctl[Ctl.DIGEST_AT], ctl[Ctl.DIGEST_END] = digests, digests + DIGEST_CAPACITY_WORDS
        ctl[Ctl.METADATA_AT], ctl[Ctl.METADATA_END] = made.metadata_words
        ctl[Ctl.MULTICAST_AT] = made.places.multicast
        ctl[Ctl.SESSIONS_AT] = made.places.sessions
        ctl[Ctl.REPLICAS_AT] = made.places.replicas
        ctl[Ctl.FREE] = self.slots - 1
        ctl[Ctl.LISTS : Ctl.LISTS + self.slots - 1] = np.arange(self.slots - 1, 0, -1)
        return ctl

    @property
    def largest_frame_bytes(self) -> int:
        """The longest frame that a slot holds."""
        return self.slot_bytes - int(self.ctl[Ctl.FIRST_BYTE]) - 64

    def u64(self, value: int) -> Any:
        """An integer as the kernels of this mode take it."""
        return self.code["u64"](value)

    def receive(self, port: int, frame: bytes, now_ns: int) -> bool:
        """Take one frame in; False where it was too long or no slot was free."""
        if len(frame) > self.largest_frame_bytes:
            self.ctl[Ctl.NO_SLOT] += np.uint64(1)
            return False
        self._frame[: len(frame)] = np.frombuffer(frame, dtype=np.uint8)
        args = (self._ctl, self._pkt, self._phv, self._view(self._frame))
        numbers = (self.u64(0), self.u64(len(frame)), self.u64(port), self.u64(now_ns))
        return bool(self._receive(*args, *numbers))

    @property
    def _receive(self) -> Any:
        return self.code["receive"]

    def submit(self, port: int, frame: bytes, now_ns: int) -> None:
        """Leave a frame for the next round; from any thread, unlike everything else here."""
        self._inbox.append((port, frame, now_ns))
        if self.wake is not None:
            self.wake()

    def run(self, now_ns: int) -> None:
        """One round: what arrived goes through ingress, what may leave through egress."""
        for _ in range(min(len(self._inbox), BATCH)):
            self.receive(*self._inbox.popleft())
        arrays = (self.mem, self._pkt, self._phv, self._ctl, self._q)
        self.code["run"](*arrays, self.u64(now_ns))

    def run_all(self, now_ns: int, most_rounds: int = 64) -> None:
        """Rounds until nothing waits in the inbox or recirculates, or so many."""
        for _ in range(most_rounds):
            self.run(now_ns)
            if not self.ctl[Ctl.ARRIVED] and not self._inbox:
                return

    def collect(self) -> Iterator[Sent]:
        """Everything that was sent since the last call."""
        base = Ctl.LISTS + SENT_LIST * self.slots
        count = int(self.ctl[Ctl.SENT])
        words = self.generated.row_words
        for slot in self.ctl[base : base + count].tolist():
            row = self.rows[slot * words : slot * words + Row.CARRIED].tolist()
            start = slot * self.slot_bytes + row[Row.START]
            data = self.bytes[start : start + row[Row.LENGTH]].tobytes()
            yield Sent(row[Row.OUT_PORT], data, row[Row.NOW])
            self.ctl[Ctl.LISTS + int(self.ctl[Ctl.FREE])] = slot
            self.ctl[Ctl.FREE] += np.uint64(1)
        self.ctl[Ctl.SENT] = 0

    def take_digests(self) -> list[list[int]]:
        """Digest messages since the last call: number, then the words of its fields."""
        base, size = int(self.ctl[Ctl.DIGEST_AT]), self.generated.digest_words
        words = self.ctl[base : base + int(self.ctl[Ctl.DIGESTS])].tolist()
        self.ctl[Ctl.DIGESTS] = 0
        return [words[i : i + size] for i in range(0, len(words), size)]

    def shape(
        self, port: int, rate_bytes_per_s: int, *, limit_bytes: int, overhead_bytes: int = 0
    ) -> None:
        """Make a port as slow as a link, with queues of so many bytes.

        Rate 0 lifts it: what waits leaves in the next rounds, beside what comes.
        """
        block = port * PORT_WORDS
        self.queues[block + Port.OWNER] = port % int(self.ctl[Ctl.WORKERS])
        self.queues[block + Port.RATE] = rate_bytes_per_s
        self.queues[block + Port.LIMIT_BYTES] = limit_bytes
        self.queues[block + Port.OVERHEAD_BYTES] = overhead_bytes
        if not rate_bytes_per_s:
            self.queues[block + Port.FREE_NS] = 0
        rates, waiting = (self.queues[word::PORT_WORDS] for word in (Port.RATE, Port.WAITING))
        shaped = np.flatnonzero(rates | waiting)
        base = int(self.ctl[Ctl.SHAPED_AT])
        self.ctl[base : base + len(shaped)] = shaped
        self.ctl[Ctl.SHAPED] = len(shaped)

    def impair(
        self,
        port: int,
        *,
        loss: float = 0.0,
        duplicate: float = 0.0,
        reorder: float = 0.0,
        delay_ns: int = 0,
        seed: int = 1,
    ) -> None:
        """Give a port's link faults, as chances from 0 to 1 and a delay; all 0 lifts them."""
        block = port * PORT_WORDS
        chances = {Port.LOSS: loss, Port.DUPLICATE: duplicate, Port.REORDER: reorder}
        for word, chance in chances.items():
            if not 0.0 <= chance <= 1.0:
                raise ValueError(f"a chance of {chance} is not between 0 and 1")
            self.queues[block + word] = round(chance * (1 << 32))
        self.queues[block + Port.DELAY_NS] = delay_ns
        self.queues[block + Port.FAULTS] = any((loss, duplicate, reorder, delay_ns))
        self.ctl[Ctl.FAULTY] = self.queues[Port.FAULTS :: PORT_WORDS].any()
        self.ctl[Ctl.CHANCE] = seed

    @property
    def is_waiting(self) -> bool:
        """True while packets wait for another round: come again, queued or held back."""
        queued = self.queues[Port.WAITING :: PORT_WORDS].any() if self.ctl[Ctl.SHAPED] else False
        return bool(self.ctl[Ctl.ARRIVED] or self.ctl[Ctl.HELD] or queued or self._inbox)
