"""One object to bytes and back, as the tests of single objects need it."""

from p4rsvp.wire.chain import split_objects
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import ENTRIES, WireObject


def decode_object(encoded: bytes) -> WireObject:
    """Decode exactly one object that has a registered decoder."""
    ((_, kind, body),) = split_objects(encoded)
    return decode_body(kind, body)


def decode_body(kind: int, body: bytes) -> WireObject:
    """Decode a body under this class and C-Type."""
    entry = ENTRIES[kind]
    if entry.size not in {None, len(body)}:
        raise DecodeError(f"{entry.name} of {len(body)} bytes is not of {entry.size}", kind=kind)
    return entry.decode(body)


def assert_round_trip(value: WireObject) -> None:
    """decode(encode(x)) == x, and what was encoded is whole words under the value's own header."""
    encoded = value.encode()
    assert len(encoded) % 4 == 0
    assert decode_object(encoded) == value


def assert_vector(value: WireObject, hexadecimal: str) -> None:
    """The value stands for exactly these bytes, written by hand from the RFC's layout."""
    encoded = bytes.fromhex(hexadecimal)
    assert value.encode() == encoded
    assert decode_object(encoded) == value
