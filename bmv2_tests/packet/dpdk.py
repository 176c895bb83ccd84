"""p4rsvp-dpdk as a target: its frames come and go by the control socket, its time is stepped.

No interface, no huge page and no privilege is needed. The P4Runtime server in front of it is the
embedded switch's, in this process.
"""

import queue
import time
from contextlib import ExitStack
from pathlib import Path

from p4rsvp.dpdk.command import CommandLine, cores_for
from p4rsvp.dpdk.connection import Connection, Message
from p4rsvp.dpdk.device import DpdkDevice
from p4rsvp.dpdk.process import DpdkProcess
from p4rsvp.dpdk.protocol import CLOCK_TIME, PORT_FRAME, REPLY_BIT, SHAPE, MessageType
from p4rsvp.target.artefacts import PSA
from packet.serving import Serving
from packet.target import SentFrame

PORTS = range(1, 17)
MOST_FRAMES_BYTES = 1 << 19  # in one message


class Dpdk:
    """A p4rsvp-dpdk process of its own, with its P4Runtime server."""

    program = PSA
    punts_take_turns = True

    def __init__(self, binary: Path) -> None:
        ports = tuple((number, "socket") for number in PORTS)
        command = CommandLine(ports=ports, cores=cores_for(1), stepped_clock=True)
        self._fault = ""
        self._arrived: list[bytes] = []
        self._sent: queue.SimpleQueue[SentFrame] = queue.SimpleQueue()
        with ExitStack() as stack:
            process = DpdkProcess(binary, command.arguments)
            stack.callback(process.stop)
            device = DpdkDevice(process.control, *PSA, self._lose)
            stack.callback(device.close)
            self._frames = Connection(process.control)
            stack.callback(self._frames.close)
            self.now_ns = self._frames.hello.now_ns
            self._ask(MessageType.INJECT)  # what leaves is for us from now on
            serving = Serving(device)
            stack.callback(serving.stop)
            self.grpc_address = serving.address
            self._stack = stack.pop_all()

    def _lose(self, why: str) -> None:
        self._fault = why

    def inject(self, port: int, frame: bytes) -> None:
        self._arrived.append(PORT_FRAME.pack(len(frame), port, 0, 0) + frame)

    def collect(self, timeout_s: float) -> SentFrame:
        deadline_s = time.monotonic() + timeout_s
        self._hand_over()
        self._ask(MessageType.SETTLE)
        while self._sent.empty() and (left_s := deadline_s - time.monotonic()) > 0:
            assert not self._fault, self._fault
            self._frames.wait_at_most(left_s)
            try:
                self._take(self._frames.receive())  # what the controller has sent
            except TimeoutError:
                break
            finally:
                self._frames.wait_at_most()
        return self._sent.get_nowait()

    def counts(self, frame_bytes: int) -> int:
        return max(frame_bytes, 60) + 24  # on the wire

    def step(self, duration_ns: int) -> None:
        """Let time pass."""
        self._hand_over()
        self.now_ns += duration_ns
        self._ask(MessageType.CLOCK, CLOCK_TIME.pack(self.now_ns), 1)

    def shape(self, port: int, rate_bytes_per_s: int, limit_bytes: int) -> None:
        """Make a port as slow as a link, with so many bytes in each queue; rate 0 lifts it."""
        self._hand_over()
        self._ask(MessageType.SHAPE, SHAPE.pack(port, 0, limit_bytes, rate_bytes_per_s), 1)

    def stop(self) -> None:
        self._stack.close()

    def _hand_over(self) -> None:
        """Let in what was injected, at the time at which it was."""
        waiting, self._arrived = self._arrived, []
        while waiting:
            some, size = [], 0
            while waiting and size < MOST_FRAMES_BYTES:
                some.append(waiting.pop(0))
                size += len(some[-1])
            self._ask(MessageType.INJECT, b"".join(some), len(some))
            self._ask(MessageType.SETTLE)

    def _ask(self, kind: MessageType, body: bytes = b"", count: int = 0) -> None:
        """Ask, and take what comes unasked before the answer."""
        self._frames.send(kind, body, count)
        while (message := self._frames.receive()).type != REPLY_BIT | kind:
            self._take(message)
        assert not message.result, f"{kind.name}: {message.result}"

    def _take(self, message: Message) -> None:
        assert message.type == MessageType.FRAME, message.type
        at = 0
        while at < len(message.body):
            length, port, _, at_ns = PORT_FRAME.unpack_from(message.body, at)
            at += PORT_FRAME.size
            self._sent.put(SentFrame(port, message.body[at : at + length], at_ns))
            at += length
