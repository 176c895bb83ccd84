"""Live figures of a running switch, and what its links shall be like, at a local socket.

Whoever connects and says nothing gets the figures, a JSON object; `p4rsvp switch top` does so once
a second. Who says `PORT=KIND:VALUE,...` gives that port's link these faults and no others, from
then on; who says `PORT=10M` gives it that rate. The socket is a UNIX one that only its owner can
open.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from p4rsvp.softswitch.kernels.queues import PORT_WORDS, PORTS, QUEUE_WORDS, QUEUES, Port, Queue
from p4rsvp.softswitch.layout import Ctl
from p4rsvp.softswitch.links import parse_fault, parse_rate

if TYPE_CHECKING:
    from p4rsvp.softswitch.engine import Engine
    from p4rsvp.softswitch.links import Links
    from p4rsvp.softswitch.service import SwitchDevice

PATIENCE_S = 1.0

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


def default_path(name: str) -> Path:
    """Where a switch of this name has its socket."""
    base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108 (the file is its owner's only)
    return Path(base) / f"p4rsvp-switch-{name}.sock"


def snapshot(device: SwitchDevice) -> dict[str, Any]:
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


class StatsServer:
    """Answers each connection."""

    def __init__(self, device: SwitchDevice, path: Path, links: Links) -> None:
        self.device = device
        self.links = links
        self.path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, name="stats", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed: the switch stops
            connection.settimeout(PATIENCE_S)
            with connection, suppress(OSError):  # whoever asked has gone, or never says it all
                answer = self._answer(_read_all(connection).decode(errors="replace"))
                connection.sendall(json.dumps(answer).encode())

    def _answer(self, said: str) -> dict[str, Any]:
        if not said:
            return snapshot(self.device)
        switch = self.device.switch
        engines = switch.engines if switch is not None else ()
        try:
            if ":" in said:
                port, faults = parse_fault(said)
                change = partial(self.links.impair, port, faults, engines)
            else:
                change = partial(self.links.shape, *parse_rate(said), engines)
        except ValueError as error:
            return {"error": str(error)}
        with switch.gate.write() if switch is not None else nullcontext():
            change()
        return {}

    def close(self) -> None:
        """Stop answering."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        self.path.unlink(missing_ok=True)


def _read_all(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def _ask(path: Path, words: str) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        connection.sendall(words.encode())
        connection.shutdown(socket.SHUT_WR)
        answer: dict[str, Any] = json.loads(_read_all(connection))
    return answer


def read(path: Path) -> dict[str, Any]:
    """A snapshot of the switch behind a socket; raises OSError where there is none."""
    return _ask(path, "")


def change_link(path: Path, words: str) -> None:
    """Give a port faults (`PORT=KIND:VALUE,...`) or a rate (`PORT=10M`, 0 lifts it).

    Raises ValueError where that makes no sense.
    """
    answer = _ask(path, words)
    if answer:
        raise ValueError(answer["error"])
