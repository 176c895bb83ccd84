"""What a neighbour sends, from the switch's stream to the engine's state, signed or not.

Each input is taken as a frame, as a message in a frame, and as one whose lengths and checksum have
been repaired; in front of it are a Path and a Resv that stand. Afterwards all is torn down: nothing
may be left, and nobody's share of the limits be taken.
"""

from p4rsvp.daemon.frames import Ends, rsvp_frame
from p4rsvp.engine.effects import Effect, Program, SendPacket
from p4rsvp.engine.events import PacketIn, TearDown
from p4rsvp.fast.arrivals import Arrivals
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.front import Front
from p4rsvp.fast.packet_in import PacketReader
from p4rsvp.wire.address import Address
from p4rsvp.wire.header import HEADER_BYTES
from p4rsvp.wire.style import FF
from tests.engine.rig import S1, Rig, neighbour, ours, want
from tests.fast.test_packet_in import packet, prefixed
from tests.wire.bad_input import repaired
from tests.wire.samples import ENCODED

SEEDS = ENCODED
_ENDS = Ends(b"\2\0\0\0\0\7", b"\2\0\0\0\0\1")
_TO = (Address.parse("239.1.1.1"), Address.parse("10.9.0.9"), ours(1), ours(2))
_RSVP = 1


def one_input(data: bytes) -> None:
    rig = Rig()
    front = Front(rig.node, b"of the fuzzer", 64)
    rig.path(S1)
    rig.resv(FF, want(1, S1))
    messages = [data[:0xFFFC]]
    if HEADER_BYTES <= len(data) <= 0xFFFC:
        messages.append(repaired(data[: len(data) & ~3]))
    frames = [data]
    for message in messages:
        for interface, to in zip((1, 1, 1, 2), _TO, strict=True):
            sent = SendPacket(interface, neighbour(interface), to, 63, to == _TO[0], message)
            frames.append(rsvp_frame(sent, _ENDS))
    _take(rig, front, frames)
    _answer(rig, front, front.handle(TearDown(), rig.now_ns))
    left = [one for one in rig.remains() if not one.startswith(("a lifetime", "a timer"))]
    assert not left, left


def _take(rig: Rig, front: Front, frames: list[bytes]) -> None:
    """As daemon/intake.py does, with the answers of the data plane after each batch."""
    batch = Batch(64, 1 << 17)
    arrivals = Arrivals(batch)
    stream = b"".join(
        prefixed(packet(one, {1: 1 + place % 2, 2: 1 + place % 2, 3: _RSVP}))
        for place, one in enumerate(frames)
    )
    packets, _ = PacketReader().read(stream)

    def packet_at(index: int) -> PacketIn:
        around = arrivals.datagram(index)
        interface = 1 + around.row % 2
        source, destination = Address(around.source), Address(around.destination)
        return PacketIn(
            interface,
            source,
            destination,
            around.ip_ttl,
            around.router_alert,
            batch.message(index),
        )

    row = 0
    while row < len(packets):
        row = arrivals.fill(packets, row)
        effects = front.take(batch, packet_at, rig.now_ns)
        batch.clear()
        _answer(rig, front, effects)
        row += not arrivals.is_full


def _answer(rig: Rig, front: Front, effects: list[Effect]) -> None:
    """The data plane carries out what it is asked for, and what follows from that."""
    waiting = [one for one in effects if isinstance(one, Program)]
    while waiting:
        answer = rig.target.carry_out(waiting.pop(0))
        more = front.handle(answer, rig.now_ns)
        waiting += [one for one in more if isinstance(one, Program)]
