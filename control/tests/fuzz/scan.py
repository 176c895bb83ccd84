"""The batch scan: it says what its plain twin says, and refuses nothing that can be decoded."""

from p4rsvp.fast.scan import ScanKey, Status
from p4rsvp.fast.scan_plain import Row, scan_plain
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import HEADER_BYTES
from p4rsvp.wire.message import decode
from tests.fast.rows import scan_rows
from tests.wire.bad_input import repaired
from tests.wire.samples import ENCODED

SEEDS = ENCODED
_KEY = ScanKey(b"a seed for tests")
_LINK = (3, bytes([198, 51, 100, 1]), 63)


def one_input(data: bytes) -> None:
    messages = [data[:0xFFFF]]
    if HEADER_BYTES <= len(data) <= 0xFFFC:
        messages.append(repaired(data[: len(data) & ~3]))
    rows = scan_rows([(message, _LINK) for message in messages], _KEY)
    assert rows == [scan_plain(message, *_LINK, _KEY) for message in messages]
    for message, row in zip(messages, rows, strict=True):
        _refuses_only_what_decode_refuses(message, row)


def _refuses_only_what_decode_refuses(message: bytes, row: Row) -> None:
    try:
        decode(message)
    except DecodeError:
        return
    assert row.status is Status.OK
