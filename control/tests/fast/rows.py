"""Runs the scan and reads its arrays back as the rows that its plain twin gives."""

from p4rsvp.fast.batch import Batch
from p4rsvp.fast.scan import Rows, Scan, ScanKey, Status
from p4rsvp.fast.scan_plain import Row

Received = tuple[bytes, tuple[int, bytes, int]]

_BATCH, _SCAN = Batch(64, 1 << 17), Scan(64)


def scan_rows(received: list[Received], key: ScanKey) -> list[Row]:
    """Scan these messages in one batch, one that has been used before."""
    _BATCH.clear()
    for message, (interface, neighbour, ip_ttl) in received:
        assert _BATCH.add(message, interface, neighbour, ip_ttl)
    _SCAN.run(_BATCH, key)
    assert _SCAN.count == len(received)
    return [_row(_SCAN.rows, index) for index in range(_SCAN.count)]


def _row(rows: Rows, index: int) -> Row:
    left, right = rows.fingerprint[index].tolist()
    return Row(
        Status(int(rows.status[index])),
        int(rows.message_type[index]),
        int(rows.send_ttl[index]),
        bool(rows.may_be_refresh[index]),
        tuple(rows.offsets[index].tolist()),
        int(rows.session_hash[index]),
        int(rows.session_bytes[index]),
        int(rows.message_id[index]),
        (left, right),
    )
