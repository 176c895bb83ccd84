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
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from p4rsvp.dataplane.links import parse_fault, parse_rate

PATIENCE_S: Final = 1.0


class Operated(Protocol):
    """A running switch as its operator sees it; all from any thread."""

    def figures(self) -> dict[str, Any]:
        """Tell `packets` by what became of them, the `queues` of shaped ports, and `workers`."""
        ...

    def shape(self, port: int, rate_bits_per_s: int) -> None:
        """Give a link another rate; 0 lifts it."""
        ...

    def impair(self, port: int, faults: dict[str, float]) -> None:
        """Give a link these faults and no others; raises ValueError where a switch has none."""
        ...


def default_path(name: str) -> Path:
    """Where a switch of this name has its socket."""
    base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108 (the file is its owner's only)
    return Path(base) / f"p4rsvp-switch-{name}.sock"


class OperatorSocket:
    """Answers each connection."""

    def __init__(self, switch: Operated, path: Path) -> None:
        self._switch = switch
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
            return self._switch.figures()
        try:
            if ":" in said:
                self._switch.impair(*parse_fault(said))
            else:
                self._switch.shape(*parse_rate(said))
        except ValueError as error:
            return {"error": str(error)}
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
