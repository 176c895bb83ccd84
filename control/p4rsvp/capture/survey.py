"""A capture from end to end: every RSVP message in it, and every place where one may be missed.

Nothing is kept but the counts, so a live pipe can be surveyed for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from p4rsvp.capture.datagram import Datagram, FrameError
from p4rsvp.capture.examine import Examined, examine
from p4rsvp.capture.files import read_capture
from p4rsvp.capture.links import LINK_LAYERS, find_rsvp
from p4rsvp.capture.record import Damage, Record


@dataclass(frozen=True, slots=True)
class Sighting:
    """One RSVP message, or a piece of one, where and when it was seen."""

    number: int  # among the RSVP messages of the capture, from 1
    packet: int  # among all of its packets, from 1
    time_ns: int | None  # since 1970 UTC
    datagram: Datagram
    examined: Examined


class Survey:
    """Iterates over a capture once; a text is a fault of the file or of a frame in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left_out: set[str] = set()
        self.packets = 0
        self.sightings = 0

    def __iter__(self) -> Iterator[Sighting | str]:
        for found in read_capture(self._stream):
            if isinstance(found, Damage):
                yield str(found)
                continue
            self.packets = found.number
            if found.link_type not in LINK_LAYERS:
                yield from self._leave_out(found, f"is of link type {found.link_type}")
            elif not found.data:
                yield from self._leave_out(found, "is empty")
            else:
                yield from self._look_into(found)

    def _leave_out(self, record: Record, reason: str) -> Iterator[str]:
        """Say once for each reason that packets are not looked into."""
        if reason not in self._left_out:
            self._left_out.add(reason)
            yield f"packet {record.number} {reason}; it and others like it are left out"

    def _look_into(self, record: Record) -> Iterator[Sighting | str]:
        try:
            datagram = find_rsvp(record)
        except FrameError as error:
            yield f"packet {record.number}: {error}"
            return
        if datagram is not None:
            self.sightings += 1
            examined = _examine(datagram)
            yield Sighting(self.sightings, record.number, record.time_ns, datagram, examined)


def _examine(datagram: Datagram) -> Examined:
    offset = datagram.fragment_offset_bytes
    if offset:
        sentence = f"a fragment, from byte {offset} of its datagram on; nothing is reassembled"
        return Examined(problems=(sentence,))
    examined = examine(datagram.rsvp or b"")
    if datagram.more_fragments:
        sentence = "the first fragment of its datagram; nothing is reassembled"
        return replace(examined, problems=(sentence, *examined.problems))
    if datagram.missing_bytes and not examined.problems:
        sentence = f"the IP datagram is {datagram.missing_bytes} bytes longer than its frame"
        return replace(examined, problems=(sentence,))
    return examined
