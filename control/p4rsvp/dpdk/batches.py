"""Writing many records: in as few messages as may be, answered record by record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dpdk.protocol import HEADER, RESULT, WRITE_REQUEST, MessageType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from p4rsvp.dpdk.connection import Connection

_AS_IT_IS: Final = WRITE_REQUEST.pack(0)
_ALL_OR_NONE: Final = WRITE_REQUEST.pack(1)
_RESULTS: Final = np.dtype("<u2")
assert _RESULTS.itemsize == RESULT.size


def write(connection: Connection, records: Sequence[bytes]) -> list[int]:
    """Write these, whatever becomes of each; a result each."""
    results: list[int] = []
    for body, count in _messages(connection, records):
        results += _ask(connection, _AS_IT_IS + body, count)
    return results


def write_all_or_none(connection: Connection, records: Sequence[bytes]) -> list[int]:
    """Write these, or none of them where one cannot be; a result each."""
    messages = [*_messages(connection, records)]
    if len(messages) > 1:
        what = f"{len(records)} updates are more than DPDK makes or undoes at once"
        raise ControlError(Status.RESOURCE_EXHAUSTED, what)
    return [
        result
        for body, count in messages
        for result in _ask(connection, _ALL_OR_NONE + body, count)
    ]


def _ask(connection: Connection, body: bytes, count: int) -> list[int]:
    answer = connection.ask(MessageType.WRITE, body, count)
    results: list[int] = np.frombuffer(answer.body, _RESULTS, count).tolist()
    return results


def _messages(connection: Connection, records: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Bodies that fit a message, and how many records each has."""
    most_bytes = connection.hello.message_max_bytes - HEADER.size - WRITE_REQUEST.size
    waiting: list[bytes] = []
    size = 0
    for one in records:
        if size + len(one) > most_bytes or len(waiting) == connection.hello.updates_max:
            yield b"".join(waiting), len(waiting)
            waiting, size = [], 0
        waiting.append(one)
        size += len(one)
    if waiting:
        yield b"".join(waiting), len(waiting)
