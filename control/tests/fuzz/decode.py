"""One RSVP message: as it comes, and with a length and a checksum that let it be read further."""

from p4rsvp.wire.header import HEADER_BYTES
from tests.wire.bad_input import repaired, survives
from tests.wire.samples import ENCODED

SEEDS = ENCODED


def one_input(data: bytes) -> None:
    survives(data)
    if HEADER_BYTES <= len(data) <= 0xFFFC:
        survives(repaired(data[: len(data) & ~3]))
