"""A session with one switch over P4Runtime, on finsy: the thin side of the reconciler.

finsy connects (and again, when the switch has gone), arbitrates, pushes the pipeline if it is
another one, and carries packets. As long as we are primary, `_serve` runs: it reads what the switch
holds, and writes what differs from what is desired; finsy cancels it when the stream breaks or
another controller becomes primary, so that not one more update leaves. What was on its way then is
settled by reading, when we are primary again.

A batch is one WriteRequest, the next one goes when it is answered. Updates that fail come back with
their place in the batch (P4Runtime 12.3); all others were carried out (CONTINUE_ON_ERROR).

Packets go around finsy (stream.py): those that come in are handed over as they lie in memory, those
that go out gather for one turn of the loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from finsy import (
    GRPCCredentialsTLS,
    GRPCStatusCode,
    P4ClientError,
    P4CounterEntry,
    P4Schema,
    Switch,
    SwitchEvent,
    SwitchOptions,
)

from p4rsvp.fast.packet_in import Packets
from p4rsvp.target.cells import Cell, Change, Content
from p4rsvp.target.client import StreamingSwitch
from p4rsvp.target.codec import Codec, Writable
from p4rsvp.target.numbers import PuntReason, ServiceClass
from p4rsvp.target.packet_out import PacketEncoder
from p4rsvp.target.reconciler import Reconciler, Refusal

LOG = logging.getLogger(__name__)

# finsy takes 64 KiB of metadata, and an update that fails needs some 100 bytes of it.
UPDATES_PER_BATCH = 256
ENTITIES_PER_READ = 1000
WAITING_PACKETS_OUT = 4096
_PACKETS_AT_ONCE = 256
RETRY_FIRST_S = 0.05
RETRY_MOST_S = 5.0

# Codes of updates that say that the switch holds something else than we took it to hold.
_SURPRISES = frozenset({GRPCStatusCode.NOT_FOUND, GRPCStatusCode.ALREADY_EXISTS})


@dataclass(frozen=True, slots=True)
class SwitchAddress:
    """Which switch, and what it is to run."""

    address: str
    device_id: int
    election_id: int
    p4info: Path
    program: Path
    tls: GRPCCredentialsTLS | None = None


class Punt(NamedTuple):
    """A frame that the switch gave to the controller."""

    port: int
    interface: int
    reason: PuntReason
    frame: bytes


def punt_of(packets: Packets, row: int) -> Punt:
    """One of the packets that have come in."""
    port, interface, reason = packets.metadata(row)
    return Punt(port, interface, PuntReason(reason), packets.payload(row))


class Traffic(NamedTuple):
    """What a counter counted."""

    packets: int
    counted_bytes: int


class SwitchSession:
    """One switch, and what it is to hold."""

    def __init__(
        self,
        where: SwitchAddress,
        reconciler: Reconciler,
        *,
        on_packets: Callable[[Packets], bool],
        on_answers: Callable[[], None],
        on_state: Callable[[dict[Cell, Content]], None] = lambda _: None,
    ) -> None:
        """Make a session that calls back on the event loop.

        Packets have come (were they any news?); `reconciler.results` has some; and when a session
        begins, what the switch holds, before anything is compared with it.
        """
        self._where = where
        self._reconciler = reconciler
        self._on_packets = on_packets
        self._on_answers = on_answers
        self._on_state = on_state
        options = SwitchOptions(
            p4info=where.p4info,
            p4blob=where.program,
            device_id=where.device_id,
            initial_election_id=where.election_id,
            channel_credentials=where.tls,
            ready_handler=self._ready,
        )
        schema = P4Schema(where.p4info, where.program)
        self._codec = Codec(schema)
        self._packet_out = PacketEncoder(schema)
        self._switch = StreamingSwitch(
            where.address, options, on_packets=self._packets_in, on_room=self._flush
        )
        self._switch.ee.add_listener(SwitchEvent.BECOME_BACKUP, self._becomes_backup)
        self._switch.ee.add_listener(SwitchEvent.CHANNEL_DOWN, self._goes_down)
        self._awake = asyncio.Event()
        self._settled = asyncio.Event()
        self._under_way: Sequence[Change] = ()
        self._hears_packets = False
        self._out: deque[bytes] = deque(maxlen=WAITING_PACKETS_OUT)
        self._out_empty = asyncio.Event()
        self.readings = 0  # of all that the switch holds
        self.errors: Counter[str] = Counter()  # of RPCs and of single updates, by their code
        self.packets_dropped = 0  # of ours, since the switch did not take them in time

    async def run(self) -> None:
        """Serve the switch until cancelled."""
        await self._switch.run()

    @property
    def is_primary(self) -> bool:
        """Whether we may write."""
        return self._switch.is_up and self._switch.is_primary

    def wake(self) -> None:
        """There may be something to write."""
        self._settled.clear()
        self._awake.set()

    async def settled(self) -> None:
        """Wait until the switch holds what is desired."""
        await self._settled.wait()

    def send(self, port: int, frame: bytes, service_class: ServiceClass) -> None:
        """Have the switch send a frame; the oldest is dropped where too many wait."""
        if len(self._out) == self._out.maxlen:
            self.packets_dropped += 1
        if not self._out:
            self._out_empty.clear()
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(self._packet_out.encode(port, frame, service_class))

    async def sent(self) -> None:
        """Wait until the switch has all that it is to send."""
        if self._out:
            await self._out_empty.wait()

    async def traffic(self, counter: str, cells: Iterable[int]) -> dict[int, Traffic]:
        """Read some cells of a counter array."""
        found: dict[int, Traffic] = {}
        wanted = [P4CounterEntry(counter, index=cell) for cell in cells]
        answers: Any = self._switch.read(wanted)  # as in _ask
        async for entry in answers:
            if entry.index is not None and entry.data is not None:
                found[entry.index] = Traffic(entry.data.packet_count, entry.data.byte_count)
        return found

    # --- as long as we are primary ---

    async def _ready(self, switch: Switch) -> None:
        if not switch.is_primary:
            LOG.warning("standby: another controller is primary of %s", self._where.address)
            return
        LOG.info("primary of %s", self._where.address)
        self._hears_packets = True
        self._flush()
        await self._serve(switch)

    def _becomes_backup(self, _: Switch) -> None:
        self._hears_packets = False
        LOG.warning("no longer primary of %s: writing has stopped", self._where.address)

    def _goes_down(self, _: Switch) -> None:
        self._hears_packets = False
        LOG.warning("the session with %s has ended", self._where.address)

    async def _serve(self, switch: Switch) -> None:
        """Make the switch hold what is desired, and keep it so."""
        wait_s = RETRY_FIRST_S
        self._reconciler.must_read = True
        while True:
            try:
                if self._reconciler.must_read:
                    await self._read(switch)
                    LOG.info("%d cells differ on %s", self._reconciler.backlog, switch.name)
                done = await self._write_all(switch)
            except P4ClientError as error:
                self.errors[error.code.name] += 1
                LOG.warning("%s: %s", switch.name, error)
                done = False
            if done:
                wait_s = RETRY_FIRST_S
                await self._awake.wait()
            elif await self._wait(wait_s):
                wait_s = min(2 * wait_s, RETRY_MOST_S)
                self._reconciler.retry()

    async def _wait(self, wait_s: float) -> bool:
        """Wait before another try; False: something new is to be written, which need not wait."""
        if self._reconciler.must_read:
            await asyncio.sleep(wait_s)
            return True
        try:
            await asyncio.wait_for(self._awake.wait(), wait_s)
        except TimeoutError:
            return True
        return False

    async def _read(self, switch: Switch) -> None:
        """Read all that the switch holds."""
        self.readings += 1
        actual: dict[Cell, Content] = {}
        await self._ask(switch, self._codec.first_questions(), actual)
        meters = self._codec.second_questions(actual)
        for first in range(0, len(meters), ENTITIES_PER_READ):
            await self._ask(switch, meters[first : first + ENTITIES_PER_READ], actual)
        self._on_state(actual)
        self._reconciler.connected(actual)

    async def _ask(
        self, switch: Switch, questions: Sequence[Writable], found: dict[Cell, Content]
    ) -> None:
        # finsy declares a coroutine in its overloads, and has an asynchronous generator.
        answers: Any = switch.read(questions)
        async for entity in answers:
            known = self._codec.cell(entity)
            if known is not None:
                found[known[0]] = known[1]

    async def _write_all(self, switch: Switch) -> bool:
        """Write until nothing is left; whether all is as desired."""
        self._awake.clear()
        while changes := self._reconciler.batch(UPDATES_PER_BATCH):
            await self._write(switch, changes)
            self._deliver_answers()
            if self._reconciler.must_read:
                return False
        self._deliver_answers()
        if self._reconciler.is_settled:
            self._settled.set()
        return self._reconciler.is_settled

    def _deliver_answers(self) -> None:
        if self._reconciler.results:
            self._on_answers()

    async def _write(self, switch: Switch, changes: Sequence[Change]) -> None:
        updates = [self._codec.update(change) for change in changes]
        answered = False
        try:
            await switch.write(updates)
            self._reconciler.answer(changes, {})
            answered = True
        except P4ClientError as error:
            if not error.details:
                raise
            self.errors.update(one.canonical_code.name for one in error.details.values())
            self._reconciler.answer(changes, _refusals(error, changes))
            answered = True
        finally:
            if not answered:  # cancelled, timed out or cut off: it may have been carried out
                self._reconciler.lost(changes)

    # --- packets ---

    def _packets_in(self, packets: Packets) -> bool:
        # While we are not primary, they may be another program's.
        return self._on_packets(packets) if self._hears_packets else True

    def _flush(self) -> None:
        """Send what waits, as long as the switch takes it."""
        stream = self._switch.packet_stream
        if stream is None or not self.is_primary:
            return
        while self._out and not stream.is_full:
            count = min(len(self._out), _PACKETS_AT_ONCE)
            stream.send_prefixed(b"".join([self._out.popleft() for _ in range(count)]))
        if not self._out:
            self._out_empty.set()


def _refusals(error: P4ClientError, changes: Sequence[Change]) -> dict[int, Refusal]:
    """Why which updates of a batch failed."""
    refusals: dict[int, Refusal] = {}
    for place, detail in error.details.items():
        why = f"{changes[place].cell[0]}: {detail.message or detail.canonical_code.name}"
        refusals[place] = Refusal(why, detail.canonical_code in _SURPRISES)
        LOG.warning("%s was refused: %s", changes[place], detail.message)
    return refusals
