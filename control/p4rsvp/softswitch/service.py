"""A switch in service: workers in threads around one program, started and stopped as a whole.

`SwitchDevice` is what a P4Runtime server drives: it loads a program that the controller sends and
gives it the ports. Run alone, `p4rsvp switch` starts with a program from files in the same way.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from google.protobuf import text_format

from p4rsvp.softswitch.deviceconfig import json_of
from p4rsvp.softswitch.loop import Worker
from p4rsvp.softswitch.ports.spec import connect
from p4rsvp.softswitch.switch import Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finsy.proto import p4i

    from p4rsvp.dataplane.control import DataPlane
    from p4rsvp.softswitch.engine import Engine
    from p4rsvp.softswitch.ports.driver import Driver
    from p4rsvp.softswitch.ports.spec import PortSpec

STOP_TIMEOUT_S = 5.0


class SwitchDevice:
    """Ports, and at most one program on them."""

    def __init__(
        self,
        ports: Sequence[PortSpec],
        *,
        workers: int = 1,
        cpu_port: int,
        prepare: Callable[[Engine], None] | None = None,
        connect: Callable[[PortSpec, int | None], Driver] = connect,
    ) -> None:
        self.ports = list(ports)
        self._connect = connect
        self.workers = workers
        self.cpu_port = cpu_port
        self.prepare = prepare  # shaping and faults, for every engine
        self.switch: Switch | None = None
        self._running: list[tuple[Worker, threading.Thread]] = []

    def load(self, p4info: p4i.P4Info, device_config: bytes) -> Switch:
        """Build a program's switch; nothing changes for packets yet."""
        texts = text_format.MessageToString(p4info), json_of(device_config)
        switch = Switch.load(*texts, cpu_port=self.cpu_port)
        switch.engines[0].run(switch.clock_ns())  # compiles, so that the first packet need not wait
        return switch

    def run(self, plane: DataPlane) -> None:
        """Give the ports to a switch."""
        assert isinstance(plane, Switch)
        self.stop()
        plane.use_engines(self.workers)
        self.switch = plane
        outlets: list[Driver] = []
        for number, engine in enumerate(plane.engines):
            if self.prepare is not None:
                self.prepare(engine)
            drivers = self._drivers(number)
            worker = Worker(plane, engine, drivers, tends=number == 0, outlets=outlets)
            outlets = outlets or drivers
            worker.prepare()
            thread = threading.Thread(target=worker.run, name=f"worker-{number}", daemon=True)
            self._running.append((worker, thread))
        for _, thread in self._running:
            thread.start()

    def _drivers(self, worker: int) -> list[Driver]:
        """The first worker has every port, the others those that can be shared."""
        drivers = []
        for spec in self.ports:
            if worker and not spec.can_fan_out:
                continue
            shared = self.workers > 1 and spec.can_fan_out
            group = (os.getpid() * 64 + spec.port) & 0xFFFF if shared else None
            drivers.append(self._connect(spec, group))
        return drivers

    def stop(self) -> None:
        """Take the ports away; packets on their way are lost."""
        for worker, _ in self._running:
            worker.stop()
        for worker, thread in self._running:
            thread.join(STOP_TIMEOUT_S)
            worker.close()
        self._running.clear()
