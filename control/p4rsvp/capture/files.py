"""Opens a capture: recognises the format by its first bytes and hands over to the reader for it.

What is no capture at all is reported in the same way as damage, with what to do about it where we
know.
"""

from collections.abc import Iterator
from typing import BinaryIO

from p4rsvp.capture.pcap import PCAP_MAGICS, read_pcap
from p4rsvp.capture.pcapng import SECTION_MAGIC, read_pcapng
from p4rsvp.capture.record import Damage, Record
from p4rsvp.capture.window import Window

_STRANGERS = {
    b"\xa1\xb2\xcd\x34": "pcap with Kuznetzov's record headers; convert it with `editcap -F pcap`",
    b"\x34\xcd\xb2\xa1": "pcap with Kuznetzov's record headers; convert it with `editcap -F pcap`",
    b"\x1f\x8b": "compressed; pipe it in: `gunzip -c FILE | p4rsvp decode -`",
    b"\x28\xb5\x2f\xfd": "compressed; pipe it in: `zstd -dc FILE | p4rsvp decode -`",
    b"snoo": "a snoop file; convert it with `editcap -F pcap`",
}


def read_capture(stream: BinaryIO) -> Iterator[Record | Damage]:
    """Yield the packets of a pcap or pcapng stream in order, and each damage where it lies."""
    window = Window(stream)
    magic = window.peek(4)
    if magic in PCAP_MAGICS:
        yield from read_pcap(window)
    elif magic == SECTION_MAGIC:
        yield from read_pcapng(window)
    elif window.failure is None:
        yield Damage(0, _describe(magic))
    if window.failure is not None:
        yield Damage(window.offset, f"it cannot be read any further: {window.failure.strerror}")


def _describe(magic: bytes) -> str:
    if not magic:
        return "empty, not even a capture's header"
    for start, what in _STRANGERS.items():
        if magic.startswith(start):
            return what
    return f"neither pcap nor pcapng: it starts with the bytes {magic.hex(' ')}"
