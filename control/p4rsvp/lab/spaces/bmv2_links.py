"""Makes bmv2's queues behave like links: so many bits a second for a port, not packets for a queue.

bmv2 gives each of a port's queues a rate of its own, in packets a second, and that over Thrift
only. Left to themselves, small packets would get less of a link and large ones more, and what is
reserved would take nothing from best effort. So the queues of the reserved classes are left free,
as their traffic is policed and admitted, and best effort's is given, `PERIOD_S` by `PERIOD_S`, what
they leave of the link: in packets of the size that it sends just now, and so many deep that they
are as many bytes as the embedded switch lets wait. All of it goes through bmv2's own console, which
stays open, and by `port_traffic`, the program's counters of what left. So it is right on average
over a few periods, not for each packet.

A link is cut by queues that hold nothing; other faults bmv2 has not.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from p4rsvp.dataplane.links import queue_bytes
from p4rsvp.lab.spaces.process import START_TIMEOUT_S
from p4rsvp.lab.world import LabError
from p4rsvp.target.numbers import ServiceClass, port_class_cell

PERIOD_S = 0.1
FULL_FRAME_BYTES = 1514
LEAST_SHARE = 0.02  # of a link, for best effort: bmv2 takes a rate of 0 for no limit
FREE_DEPTH_PACKETS = 1024  # of queues that are left free: a burst may come faster than bmv2 is
_RETRY_S = 0.05
_NEWS = 0.5  # the weight of the last period in what the reserved classes are taken to send
_BEST_EFFORT_QUEUE = 0
_PROMPT = b"RuntimeCmd: "
_COUNTED = re.compile(r"= \((\d+) bytes, (\d+) packets\)")


class Sent(NamedTuple):
    """What has left by a port since bmv2 started, in frames without the FCS."""

    reserved_bytes: int = 0  # of all classes but best effort
    bytes: int = 0  # of best effort
    packets: int = 0


class Share:
    """What of one link is best effort's."""

    def __init__(self, rate_bits_per_s: float) -> None:
        self._rate_bits_per_s = rate_bits_per_s
        self._reserved_bits_per_s = 0.0
        self._frame_bytes = float(FULL_FRAME_BYTES)
        self._before = Sent()

    def see(self, sent: Sent, elapsed_s: float) -> None:
        """Learn from what has left in a period."""
        reserved_bits_per_s = (sent.reserved_bytes - self._before.reserved_bytes) * 8 / elapsed_s
        self._reserved_bits_per_s += _NEWS * (reserved_bits_per_s - self._reserved_bits_per_s)
        packets = sent.packets - self._before.packets
        if packets:
            self._frame_bytes = (sent.bytes - self._before.bytes) / packets
        self._before = sent

    @property
    def packets_per_s(self) -> int:
        """The rate of its queue."""
        least = LEAST_SHARE * self._rate_bits_per_s
        left = max(self._rate_bits_per_s - self._reserved_bits_per_s, least)
        return max(1, round(left / (self._frame_bytes * 8)))

    @property
    def depth_packets(self) -> int:
        """How many may wait."""
        return max(1, round(queue_bytes(int(self._rate_bits_per_s / 8)) / self._frame_bytes))


class Bmv2Links:
    """The links of one running bmv2."""

    def __init__(self, console: Sequence[str], rates_bits_per_s: Mapping[int, float]) -> None:
        """`console` runs bmv2.console where that finds bmv2; rates are by port."""
        self._command = list(console)
        self._shares = {port: Share(rate) for port, rate in rates_bits_per_s.items()}
        self._cut: set[int] = set()  # ports
        self._turn = asyncio.Lock()
        self._console: asyncio.subprocess.Process | None = None
        self.keeping: asyncio.Task[None] | None = None  # ends by an error only

    async def open(self, check: Callable[[], None] = lambda: None) -> None:
        """Wait until bmv2 listens, give the links their rates, and keep them from now on.

        `check` raises LabError where bmv2 has ended, and there is nothing to wait for.
        """
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while (refusal := await self._connect()) is not None:
            check()
            if time.monotonic() > deadline_s:
                raise refusal
            await asyncio.sleep(_RETRY_S)
        self.keeping = asyncio.create_task(self._keep())

    async def _connect(self) -> LabError | None:
        """Open the console and set the queues; or why that cannot be, which may be for now only."""
        self._console = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # ctrl-C is for us
        )
        try:
            await self._answer()
            for port in self._shares:
                await self.restore(port)
        except LabError as refusal:
            await self.close()
            return refusal
        return None

    async def cut(self, port: int) -> None:
        """Let nothing more leave by a port but what waits there."""
        self._cut.add(port)
        await self._ask([f"set_queue_depth 0 {port}"])

    async def restore(self, port: int) -> None:
        """Let it carry packets."""
        self._cut.discard(port)
        await self._ask([f"set_queue_depth {FREE_DEPTH_PACKETS} {port}", *self._queue_lines(port)])

    async def close(self) -> None:
        """Keep them no more; raises LabError where that had ended by itself."""
        keeping, self.keeping = self.keeping, None
        try:
            if keeping is not None:
                keeping.cancel()
                with suppress(asyncio.CancelledError):
                    await keeping
        finally:
            if self._console is not None:
                with suppress(ProcessLookupError):  # it has ended
                    self._console.kill()
                await self._console.wait()

    async def _keep(self) -> None:
        seen_s = time.monotonic()
        while True:
            await asyncio.sleep(PERIOD_S)
            sent = await self._read()
            now_s = time.monotonic()
            for port, share in self._shares.items():
                share.see(sent[port], now_s - seen_s)
            seen_s = now_s
            for port in self._shares:
                if port not in self._cut:
                    await self._ask(self._queue_lines(port))

    def _queue_lines(self, port: int) -> list[str]:
        share = self._shares[port]
        return [
            f"set_queue_rate {share.packets_per_s} {port} {_BEST_EFFORT_QUEUE}",
            f"set_queue_depth {share.depth_packets} {port} {_BEST_EFFORT_QUEUE}",
        ]

    async def _read(self) -> dict[int, Sent]:
        cells = [(port, kind) for port in self._shares for kind in ServiceClass]
        answers = await self._ask(
            [f"counter_read port_traffic {port_class_cell(port, kind)}" for port, kind in cells]
        )
        sent = dict.fromkeys(self._shares, Sent())
        for (port, kind), answer in zip(cells, answers, strict=True):
            found = _COUNTED.search(answer)
            if found is None:
                continue  # there is no program yet, so nothing has left
            count, packets = map(int, found.groups())
            so_far = sent[port]
            if kind is ServiceClass.BEST_EFFORT:
                sent[port] = so_far._replace(bytes=count, packets=packets)
            else:
                sent[port] = so_far._replace(reserved_bytes=so_far.reserved_bytes + count)
        return sent

    async def _ask(self, lines: Sequence[str]) -> list[str]:
        """Type lines; what each is answered."""
        assert self._console is not None
        assert self._console.stdin is not None
        async with self._turn:
            self._console.stdin.write("".join(f"{line}\n" for line in lines).encode())
            return [await self._answer() for _ in lines]

    async def _answer(self) -> str:
        assert self._console is not None
        assert self._console.stdout is not None
        try:
            said = await self._console.stdout.readuntil(_PROMPT)
        except asyncio.IncompleteReadError as error:
            words = error.partial.decode(errors="replace").strip()
            raise LabError(f"bmv2's console has ended: {words[-500:]}") from error
        return said.decode()
