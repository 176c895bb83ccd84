"""`p4rsvp bench integrity`: what signed messages cost (RFC 2747), beside those that are not.

Known refreshes come in as the daemon's intake has them, in batches: each is verified, with its key,
its sequence number and its digest, and then found by the scan and the filter. Each turn has a guard
of its own, to which the sequence numbers are new. The same refreshes unsigned stand beside it, and
`hmac.digest` by itself.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

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

STATES = 5_000
REHEARSED_STATES = 500
BATCH = 500
LIFETIME_NS = 157_500_000_000
WALL_NS = 1_800_000_000_000_000_000
MEASURED = (Algorithm.HMAC_MD5, Algorithm.HMAC_SHA_256, Algorithm.HMAC_SHA_512)

_IPV4 = 1  # a C-Type
_KEY = ScanKey(b"bench integrity")
_NEIGHBOUR = bytes([192, 0, 2, 1])
_SESSION_AT = 12  # of an unsigned Path: the destination in its SESSION
_SECRET = bytes(range(32))


def measure(bench: Bench) -> None:
    """Measure signed refreshes in, by algorithm, and what signing costs."""
    paths = (message for message in message_mix(100) if isinstance(message, Path))
    path = encode(next(message for message in paths if message.hop.c_type == _IPV4))
    states = REHEARSED_STATES if bench.rehearsal else STATES
    crowds = {algorithm: _Crowd(path, states, algorithm) for algorithm in MEASURED}
    usual = crowds[Algorithm.HMAC_SHA_256]
    bench.rates(
        "messages/s",
        [
            *(
                Work(f"known refreshes, {algorithm.title}", states, crowd.refresh)
                for algorithm, crowd in crowds.items()
            ),
            Work("known refreshes, unsigned", states, usual.recognise),
            Work("signing, hmac-sha-256", states, usual.sign),
            Work("hmac.digest alone, sha256", states, usual.digest),
        ],
    )


class _Crowd:
    """States with the signed Paths that refresh them, and the filter that knows them all."""

    def __init__(self, path: bytes, states: int, algorithm: Algorithm) -> None:
        self.key = Key(1, algorithm, Mac(algorithm, _SECRET))
        own = Address(_NEIGHBOUR[:3] + b"\x02")
        interface = InterfaceConfig(1, "if1", (own,), link_of(125_000_000, 1500))
        self.node = Node(NodeConfig("bench", (interface,)))
        self.rules = Rules(Mode.REQUIRED, handshake=Handshake.NEVER)
        self.paths = [_towards(path, number) for number in range(states)]
        self.batches: list[Batch] = []
        self.scan = Scan(BATCH)
        self.filter = RefreshFilter()
        self.now_ns = 0
        signed = self.sign()
        for first in range(0, states, BATCH):
            batch = Batch(BATCH)
            for data in signed[first : first + BATCH]:
                assert batch.add(data, 1, _NEIGHBOUR, 63)
            self.batches.append(batch)
            self.scan.run(batch, _KEY)
            for left, right in self.scan.rows.fingerprint[: batch.count].tolist():
                self.filter.insert((left, right), 0, LIFETIME_NS, 0, 0)

    def refresh(self) -> None:
        """Verify and recognise one refresh of every state."""
        guard = Guard(self.node, self.rules, Keys([self.key]), b"bench")
        for batch in self.batches:
            refused = guard.refused(batch.received(), _nowhere, self.now_ns, WALL_NS)
            assert not refused, "a refresh that was signed well was refused"
        self.recognise()

    def recognise(self) -> None:
        """Recognise one refresh of every state, signed or not."""
        self.now_ns += LIFETIME_NS // 5
        rows = self.scan.rows
        for batch in self.batches:
            self.scan.run(batch, _KEY)
            known = self.filter.touch(
                rows.fingerprint, rows.message_id, rows.may_be_refresh, self.now_ns
            )
            assert known[: batch.count].all(), "a refresh of a known state was not recognised"

    def sign(self) -> list[bytes]:
        """Sign one message for every state."""
        sequence = Sequence()
        return [sign(self.key, data, sequence.next(WALL_NS)) for data in self.paths]

    def digest(self) -> None:
        """What the library takes for a digest of each."""
        name = self.key.algorithm.value
        for data in self.paths:
            hmac.digest(_SECRET, data, name)


def _towards(path: bytes, number: int) -> bytes:
    """The Path to a session of its own."""
    destination = (0x0A000000 + number).to_bytes(4)
    return path[:2] + bytes(2) + path[4:_SESSION_AT] + destination + path[_SESSION_AT + 4 :]


def _nowhere(_: int) -> Address:
    raise AssertionError("nobody asks where a message goes that verifies")
