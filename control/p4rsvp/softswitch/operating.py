"""The embedded switch as its operator sees it: figures of all engines, and links that change."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from p4rsvp.softswitch.kernels.queues import PORT_WORDS, PORTS, QUEUE_WORDS, QUEUES, Port, Queue
from p4rsvp.softswitch.layout import Ctl

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from p4rsvp.softswitch.engine import Engine
    from p4rsvp.softswitch.links import Links
    from p4rsvp.softswitch.service import SwitchDevice

COUNTERS = {
    "received": Ctl.RECEIVED,
    "transmitted": Ctl.TRANSMITTED,
    "no_slot": Ctl.NO_SLOT,
    "ingress_drop": Ctl.INGRESS_DROP,
    "egress_drop": Ctl.EGRESS_DROP,
    "tail_drop": Ctl.TAIL_DROP,
    "no_port": Ctl.NO_PORT,
    "no_replica": Ctl.NO_REPLICA,
    "fault_drop": Ctl.FAULT_DROP,
    "digest_lost": Ctl.DIGEST_LOST,
}


class SwitchOperator:
    """A device, and the links that its engines are prepared with."""

    def __init__(self, device: SwitchDevice, links: Links) -> None:
        self._device = device
        self._links = links

    def figures(self) -> dict[str, Any]:
        """See Operated."""
        return _snapshot(self._device)

    def shape(self, port: int, rate_bits_per_s: int) -> None:
        """See Operated."""
        with self._between_rounds():
            self._links.shape(port, rate_bits_per_s, self._engines())

    def impair(self, port: int, faults: dict[str, float]) -> None:
        """See Operated."""
        with self._between_rounds():
            self._links.impair(port, faults, self._engines())

    def _engines(self) -> list[Engine]:
        return self._device.switch.engines if self._device.switch is not None else []

    def _between_rounds(self) -> AbstractContextManager[None]:
        switch = self._device.switch
        return switch.gate.write() if switch is not None else nullcontext()


def _snapshot(device: SwitchDevice) -> dict[str, Any]:
    """Packets by what became of them, and every shaped port's queues."""
    engines = device.switch.engines if device.switch is not None else []
    totals = {
        name: sum(int(engine.ctl[word]) for engine in engines) for name, word in COUNTERS.items()
    }
    queues = [row for engine in engines for row in _queues(engine)]
    return {"packets": totals, "queues": queues, "workers": len(engines)}


def _queues(engine: Engine) -> list[dict[str, int]]:
    rows = []
    for port in range(PORTS):
        block = engine.queues[port * PORT_WORDS : (port + 1) * PORT_WORDS].tolist()
        if not block[Port.RATE]:
            continue
        for number in range(QUEUES):
            at = Port.QUEUES_AT + number * QUEUE_WORDS
            queue = {word.name.lower(): block[at + word] for word in Queue}
            if queue["left"] or queue["packets"] or queue["dropped"]:
                rows.append({"port": port, "queue": number, **queue})
    return rows
