"""What must hold of `decode` for any bytes, for the tests of bad input and for the fuzzer."""

from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import HEADER_BYTES, frame
from p4rsvp.wire.message import decode, encode


def survives(data: bytes) -> None:
    """`decode` gives a message that can be written, or the one exception with sound contents."""
    try:
        message = decode(data)
    except DecodeError as error:
        fault = error
    else:
        assert decode(encode(message)) == message
        return
    assert 0 <= fault.offset <= len(data)
    assert fault.sentence in str(fault)


def repaired(data: bytes | bytearray) -> bytes:
    """The same message with a length and a checksum that fit what it holds."""
    return frame(data[1], data[0] & 0xF, data[4], bytes(data[HEADER_BYTES:]))
