"""The embedded switch as a target: in this process, behind its P4Runtime server, its time stepped.

Its packets are exchanged without ports. Time stands still until a test steps it, so what depends on
time can be exact.
"""

import queue
import threading
import time
from contextlib import AbstractContextManager

from finsy.proto import p4i
from google.protobuf import text_format

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.p4rt.server import Tls
from p4rsvp.softswitch.deviceconfig import json_of
from p4rsvp.softswitch.switch import Switch
from p4rsvp.target.artefacts import V1MODEL
from packet.serving import Serving
from packet.target import SentFrame

START_NS = 1_000_000_000


class _Plane(Switch):
    """A switch that tells when the controller gives it a packet."""

    woken: threading.Event

    def packet_out(self, payload: bytes, metadata: tuple[int, ...]) -> None:
        super().packet_out(payload, metadata)
        self.woken.set()


class Softswitch:
    """An embedded switch with its server; `plain` runs the generated code without the jit."""

    program = V1MODEL
    punts_take_turns = True

    def __init__(
        self, *, plain: bool, address: str = "127.0.0.1:0", tls: Tls | None = None
    ) -> None:
        self.now_ns = START_NS
        self._plain = plain
        self._arrived: list[tuple[int, bytes]] = []
        self._sent: queue.SimpleQueue[SentFrame] = queue.SimpleQueue()
        self._woken = threading.Event()
        self._plane: Switch | None = None
        self._serving = Serving(self, address=address, tls=tls)
        self.grpc_address = self._serving.address

    def load(self, p4info: p4i.P4Info, device_config: bytes) -> DataPlane:
        """What the server calls to make a data plane of a program."""
        plane = _Plane.load(
            text_format.MessageToString(p4info),
            json_of(device_config),
            plain=self._plain,
            clock_ns=lambda: self.now_ns,
        )
        assert isinstance(plane, _Plane)
        plane.woken = self._woken
        return plane

    def run(self, plane: DataPlane) -> None:
        """What the server calls to give a data plane the ports."""
        assert isinstance(plane, Switch)
        self._plane = plane

    def inject(self, port: int, frame: bytes) -> None:
        self._arrived.append((port, frame))

    def collect(self, timeout_s: float) -> SentFrame:
        deadline_s = time.monotonic() + timeout_s
        while self._sent.empty():
            self._woken.clear()
            self._process()
            if self._sent.empty() and not self._woken.wait(deadline_s - time.monotonic()):
                break
        return self._sent.get_nowait()

    def counts(self, frame_bytes: int) -> int:
        return max(frame_bytes, 60) + 24  # on the wire

    def step(self, duration_ns: int) -> None:
        """Let time pass."""
        self.now_ns += duration_ns

    def shape(self, port: int, rate_bytes_per_s: int, limit_bytes: int) -> None:
        """Make a port as slow as a link, with so many bytes in each queue; rate 0 lifts it."""
        assert self._plane is not None
        for engine in self._plane.engines:
            engine.shape(port, rate_bytes_per_s, limit_bytes=limit_bytes)

    def stop(self) -> None:
        self._serving.stop()

    def stuck(self) -> AbstractContextManager[None]:
        """A switch that for a while answers nothing and reads nothing."""
        return self._serving.stuck()

    def _process(self) -> None:
        assert self._plane is not None
        arrived, self._arrived = self._arrived, []
        for packet in self._plane.process(arrived, self.now_ns):
            if packet.port != self._plane.cpu_port:
                self._sent.put(SentFrame(packet.port, packet.data, packet.at_ns))
