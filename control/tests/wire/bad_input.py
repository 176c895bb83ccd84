"""What must hold of `decode` for any bytes, for the tests of bad input and for the fuzzer."""

import json

from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import HEADER_BYTES, frame
from p4rsvp.wire.jsonify import to_json
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.text import to_text


def survives(data: bytes) -> None:
    """`decode` gives a message that can be written and shown, or the one exception, complete."""
    try:
        message = decode(data)
    except DecodeError as error:
        fault = error
    else:
        assert decode(encode(message)) == message
        assert to_text(message)
        assert json.dumps(to_json(message), allow_nan=False)
        return
    assert 0 <= fault.offset <= len(data)
    assert fault.sentence in str(fault)


def repaired(data: bytes | bytearray) -> bytes:
    """The same message with a length and a checksum that fit what it holds."""
    return frame(data[1], data[0] & 0xF, data[4], bytes(data[HEADER_BYTES:]))
