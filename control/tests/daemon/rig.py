"""A daemon with a real switch, and hosts on its links: what a test injects and what comes out.

The switch is the embedded one behind its P4Runtime server, in this process; the daemon runs on a
thread of its own. Host n is 10.0.n.2 on port n.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any, Self, TypeVar

from packet.target import SentFrame, Target
from scapy.layers.l2 import ARP, Ether

from p4rsvp.daemon.daemon import Daemon
from p4rsvp.daemon.frames import Ends, RsvpDatagram, read_rsvp, rsvp_frame
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.effects import SendPacket
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON
from p4rsvp.wire.address import Address
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Message
from tests.daemon.files import interface, write

Result = TypeVar("Result")
PATIENCE_S = 60.0


def mac(number: int) -> str:
    return f"02:00:00:00:{number:02x}:02"


def own_mac(number: int) -> str:
    return f"02:00:00:00:00:{number:02x}"


def host(number: int) -> Address:
    return Address.parse(f"10.0.{number}.2")


def router(number: int) -> Address:
    return Address.parse(f"10.0.{number}.1")


class Hosts:
    """Who is on the cables of a switch."""

    def __init__(self, switch: Target) -> None:
        self.switch = switch

    def settle(self) -> None:
        """Wait until the router has done what it does, where that can be asked."""

    def inject(self, port: int, frame: bytes) -> None:
        self.switch.inject(port, frame)

    def collect(self) -> SentFrame:
        """The next frame that leaves the switch."""
        return self.switch.collect(PATIENCE_S)

    def drain(self) -> list[SentFrame]:
        """What leaves the switch without anybody having to wait for it."""
        frames = []
        with suppress(Empty):
            while True:
                frames.append(self.switch.collect(0))
        return frames

    def meet(self, number: int) -> None:
        """Host n asks for the router's link address, and is answered and known."""
        who: Any = {"hwsrc": mac(number), "psrc": str(host(number)), "pdst": str(router(number))}
        ask = Ether(src=mac(number), dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, **who)
        self.inject(number, bytes(ask))
        reply = self.collect()
        while Ether(reply.frame)[ARP].op != 2:  # the router asks who is still there
            reply = self.collect()
        assert reply.port == number
        assert Ether(reply.frame)[ARP].hwsrc == own_mac(number)
        self.settle()

    def send(
        self, number: int, message: Message, to: Address, *, alert: bool = False, ttl: int = 64
    ) -> None:
        """Host n sends an RSVP message."""
        packet = SendPacket(number, host(number), to, ttl, alert, encode(message))
        ends = Ends(_bytes(mac(number)), _bytes(own_mac(number)))
        self.inject(number, rsvp_frame(packet, ends))

    def receive(self, number: int) -> tuple[RsvpDatagram, Any]:
        """The RSVP message that leaves next; it has to be for host n."""
        sent = self.collect()
        assert sent.port == number, Ether(sent.frame).summary()
        assert sent.frame[:12] == _bytes(mac(number)) + _bytes(own_mac(number))
        found = read_rsvp(sent.frame)
        assert found is not None, Ether(sent.frame).summary()
        return found, decode(found.data)


class Rig(Hosts):
    """A daemon, its switch, and the test's hands on the cables."""

    def __init__(
        self, switch: Target, directory: Path, *parts: str, kind: str = "softswitch"
    ) -> None:
        super().__init__(switch)
        text = f"""
[switch]
address = "{switch.grpc_address}"
p4info = "{P4INFO}"
program = "{V1MODEL_JSON}"
target = "{kind}"
"""
        path = write(directory, text, *(parts or (interface(1), interface(2))))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._ahead_ns = 0
        self.daemon = Daemon(read_router(path), self._now_ns, 1, b"a key")

    def _now_ns(self) -> int:
        return time.monotonic_ns() + self._ahead_ns

    def wait(self, duration_ns: int) -> None:
        """Let time pass for the daemon, at once."""
        self._ahead_ns += duration_ns
        self.call(self._look_at_the_clock())
        self.settle()

    async def _look_at_the_clock(self) -> None:
        self.daemon._alarm.ring()

    def __enter__(self) -> Self:
        self._thread.start()
        self._task = asyncio.run_coroutine_threadsafe(self.daemon.run(), self._loop)
        self.settle()
        return self

    def __exit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            self.call(self._until_done())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _until_done(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the daemon's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def settle(self) -> None:
        """Wait until the switch holds what is desired."""
        self.call(self.daemon.session.settled())


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
