"""The one exception that leaves the codec, for any input whatever.

It carries what a node needs to answer the peer (RFC 2205 appendix B error code and value, and the
objects that could be read all the same, so that a PathErr or ResvErr can name its session), where
the fault lies, and a sentence for a person. Code 0 means that RSVP has no error report for this
fault: the message is dropped and counted, as RFC 2205 3.10 wants for a bad checksum or a message
that is too short to trust.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from p4rsvp.wire.objects import WireObject


class DecodeError(Exception):
    """These bytes are no RSVP message that we may act upon."""

    def __init__(
        self,
        sentence: str,
        *,
        code: int = 0,
        value: int = 0,
        offset: int = 0,
        kind: int | None = None,
    ) -> None:
        """Describe a fault; `offset` counts from the start of the bytes that were given."""
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.value = value
        self.offset = offset
        self.kind = kind  # class number << 8 | C-Type of the object to blame, if it is one
        self.message_type: int | None = None
        self.objects: tuple[WireObject, ...] = ()  # what else the message held, for the answer

    def __str__(self) -> str:
        blame = "" if self.kind is None else f" (class {self.kind >> 8}, C-Type {self.kind & 0xFF})"
        return f"{self.sentence}{blame} at byte {self.offset}"
