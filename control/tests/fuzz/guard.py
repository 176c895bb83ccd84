"""The guard of a node: nothing that was not signed passes, and no input leaves but by its verdict.

Each input is tried as it comes, and once more behind a good signature of ours with one byte of the
result changed. A good message afterwards shows that nothing was broken by what went before.
"""

from p4rsvp.security.guard import Guard, Handshake, Rules
from p4rsvp.security.keys import Keys
from p4rsvp.security.signature import is_signed
from p4rsvp.wire.address import Address
from p4rsvp.wire.header import HEADER_BYTES
from tests.security.ends import LEFT, RIGHT, End, key
from tests.wire.samples import ENCODED

GOOD = ENCODED["path error"]
_STRANGER = End(LEFT, Keys([key(secret=b"of somebody else")]))
SEEDS = {**ENCODED, "signed": _STRANGER.sign(GOOD)}
_CHECKSUM = range(2, 4)  # RFC 2747 4.2: no part of what is signed
_TRANSIT = Address.parse("10.7.0.7")
_LEFT = End(LEFT)
_RIGHT = End(RIGHT, handshake=Handshake.NEVER)
_RULES, _KEYS = _RIGHT.guard.rules, _RIGHT.guard.keys


def one_input(data: bytes) -> None:
    _fresh(_RULES)
    assert not _RIGHT.takes(data), "a message passed that nobody has signed"
    _RIGHT.takes(data, to=_TRANSIT)
    if HEADER_BYTES <= len(data) <= 0xFF00:
        _changed(data)
    assert _RIGHT.takes(_LEFT.sign(GOOD))


def _changed(data: bytes) -> None:
    signed = bytearray(_LEFT.sign(data))
    assert is_signed(bytes(signed))
    place = int.from_bytes(data[:4]) % len(signed)
    signed[place] ^= data[-1] or 1
    if place not in _CHECKSUM:
        assert not _RIGHT.takes(bytes(signed)), "a message passed that was changed on its way"


def _fresh(rules: Rules) -> None:
    """What one input does is no concern of the next."""
    _RIGHT.guard = Guard(_RIGHT.node, rules, _KEYS, b"seed")
