"""`p4rsvp bench integrity`: what signed messages cost (RFC 2747), beside those that are not.

Known refreshes come in as the daemon's intake has them, in batches: each is verified, with its key,
its sequence number and its digest, and then found by the scan and the filter. Every round has new
sequence numbers, so nothing is ever verified twice. `hmac.digest` alone stands beside the digests.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from p4rsvp.bench.measure import Work
from p4rsvp.bench.messages import message_mix
from p4rsvp.engine.config import InterfaceConfig, NodeConfig
from p4rsvp.engine.node import Node
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.refresh import RefreshFilter
from p4rsvp.fast.scan import Scan, ScanKey
from p4rsvp.host.links import link_of
from p4rsvp.security.algorithms import Algorithm, Mac
from p4rsvp.security.guard import Guard, Handshake, Mode, Rules
from p4rsvp.security.keys import Key, Keys
from p4rsvp.security.sequence import Sequence
from p4rsvp.security.signature import sign
from p4rsvp.wire.address import Address
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import Path

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

STATES: Final = 10_000
REHEARSED_STATES: Final = 500
BATCH: Final = 500
LIFETIME_NS: Final = 157_500_000_000
WALL_NS: Final = 1_800_000_000_000_000_000
MEASURED = (Algorithm.HMAC_MD5, Algorithm.HMAC_SHA_1, Algorithm.HMAC_SHA_256, Algorithm.HMAC_SHA_512)

_IPV4 = 1  # a C-Type
_NEIGHBOUR = bytes([192, 0, 2, 1])
_SESSION_AT = 12  # of an unsigned Path: the destination in its SESSION
_SECRET = bytes(range(32))


def measure(bench: Bench) -> None:
    """Measure signed refreshes in, and messages out, by algorithm."""
    paths = (message for message in message_mix(100) if isinstance(message, Path))
    path = encode(next(message for message in paths if message.hop.c_type == _IPV4))
    states = REHEARSED_STATES if bench.rehearsal else STATES
    crowds = {algorithm: _Crowd(path, states, algorithm) for algorithm in MEASURED}
    usual = crowds[Algorithm.HMAC_SHA_256]
    works = [
        Work(f"known refreshes, {algorithm.title}", states, crowd.refresh, crowd.sign)
        for algorithm, crowd in crowds.items()
    ]
    bench.rates(
        "messages/s",
        [
            *works,
            Work("known refreshes, unsigned", states, usual.refresh_unverified),
            Work("signing, hmac-sha-256", states, usual.sign),
            Work("hmac.digest alone, sha256", states, usual.digest),
        ],
    )
