"""The port loop: packets from the drivers through an engine and back, one worker a thread.

A round takes a batch from every port, runs the pipeline while holding the gate (so that writes
fall between rounds), and hands out what was sent. Nothing to do, a worker sleeps until a port or
the controller wakes it; while packets wait for their time in a shaped or delayed port it looks
again after `TICK_S`. The first worker also tends the switch: digests and idle timeouts, every
`TEND_NS`.
"""

from __future__ import annotations

import os
import select
import threading
import time
from typing import TYPE_CHECKING

from p4rsvp.softswitch.layout import Ctl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.engine import Engine
    from p4rsvp.softswitch.ports.driver import Driver
    from p4rsvp.softswitch.switch import Switch

TICK_S = 50e-6
SLEEP_MS = 5
TEND_NS = 5_000_000
IDLE_ROUNDS = 50  # looked again so often before sleeping: waking costs more than a few empty rounds


class Worker:
    """One engine and its ports."""

    def __init__(
        self,
        switch: Switch,
        engine: Engine,
        drivers: Sequence[Driver],
        *,
        tends: bool = True,
        outlets: Sequence[Driver] = (),
    ) -> None:
        """Outlets are ports that another worker listens to and that this one only sends by."""
        self.switch = switch
        self.engine = engine
        self.drivers = list(drivers)
        self.by_port = {driver.port: driver for driver in (*outlets, *drivers)}
        self.tends = tends
        self._tended_ns = 0
        self._stop = threading.Event()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        engine.wake = self._ring
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)
        for driver in self.drivers:
            if driver.fileno() >= 0:
                self._poll.register(driver.fileno(), select.POLLIN)

    def prepare(self) -> None:
        """Go around once before there is traffic, so that no packet waits for a compiler."""
        self.round()
        for driver in self.drivers:
            driver.send_from(self.engine)

    def round(self) -> int:
        """Once around; answers how many packets came in."""
        now_ns = self.switch.clock_ns()
        count = sum(driver.receive(self.engine, now_ns) for driver in self.drivers)
        self.switch.forward(self.engine, now_ns)
        if self.tends and now_ns - self._tended_ns >= TEND_NS:
            self._tended_ns = now_ns
            self.switch.tend(now_ns)
        if self.engine.ctl[Ctl.SENT]:
            self._hand_out()
        return count

    def _hand_out(self) -> None:
        for driver in self.drivers:
            driver.send_from(self.engine)
        if not self.engine.ctl[Ctl.SENT]:
            return
        for packet in self.engine.collect():
            driver_or_none = self.by_port.get(packet.port)
            if packet.port == self.switch.cpu_port:
                self.switch.deliver(packet.data)
            elif driver_or_none is not None:
                driver_or_none.send(packet.data)
                self.engine.ctl[Ctl.TRANSMITTED] += 1
            else:
                self.engine.ctl[Ctl.NO_PORT] += 1

    def run(self) -> None:
        """Rounds until `stop`."""
        idle = 0
        while not self._stop.is_set():
            idle = 0 if self.round() else idle + 1
            if idle < IDLE_ROUNDS:
                continue
            if self.engine.is_waiting:
                time.sleep(TICK_S)
            else:
                self._sleep()

    def _sleep(self) -> None:
        for descriptor, _ in self._poll.poll(SLEEP_MS):
            if descriptor == self._bell:
                os.eventfd_read(self._bell)

    def _ring(self) -> None:
        os.eventfd_write(self._bell, 1)

    def stop(self) -> None:
        """Have `run` return; from any thread."""
        self._stop.set()
        self._ring()

    def close(self) -> None:
        """Let go of the ports, when `run` has returned."""
        self.engine.wake = None
        for driver in self.drivers:
            driver.close()
        os.close(self._bell)
