"""What a capture file holds: packets, and the places where it is damaged."""

from dataclasses import dataclass

# No packet capture needs more (libpcap's own limit for all but USB), so a longer record is damage.
MAX_PACKET_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Record:
    """One captured packet."""

    number: int  # in the file, from 1, as other tools count
    time_ns: int | None  # since 1970 UTC; pcapng's simple packets have none
    link_type: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in the file that cannot be read, and what was done about it."""

    offset: int  # in bytes, from the start of the file
    sentence: str

    def __str__(self) -> str:
        return f"byte {self.offset}: {self.sentence}" if self.offset else self.sentence
