"""A daemon whose neighbours send more than it looks at; the switch is real, time stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from packet.softswitch import Softswitch

from p4rsvp.daemon.frames import Ends, rsvp_frame
from p4rsvp.daemon.intake import Intake
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.effects import SendPacket
from p4rsvp.fast.packet_in import PacketReader
from p4rsvp.northbound.report import counters
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import Path as PathMessage
from p4rsvp.wire.session import Session
from tests.daemon.files import interface
from tests.daemon.rig import Rig, host, own_mac
from tests.daemon.test_daemon import path, reserve
from tests.fast.test_packet_in import packet, prefixed

LIMITS = "[messages]\nneighbour_per_s = 1\nstrangers_per_s = 1\ninterface_per_s = 1_000\n"
LEAST = 256  # at once, whatever the rate: the longest message takes that much
RSVP, FRAGMENT_WORD = 1, 20
STRANGER = bytes.fromhex("02000000dead")


@pytest.fixture
def rig(switch: Softswitch, tmp_path: Path) -> Iterator[Rig]:
    with Rig(switch, tmp_path, LIMITS, interface(1), interface(2)) as made:
        made.meet(1)
        made.meet(2)
        yield made


def of(number: int) -> PathMessage:
    """A Path for a session of its own."""
    return replace(path(), session=Session(host(2), 17, 6_000 + number))


def frame(message: PathMessage, station: bytes = STRANGER) -> bytes:
    sent = SendPacket(1, host(1), host(2), 64, router_alert=True, data=encode(message))
    return rsvp_frame(sent, Ends(station, bytes.fromhex(own_mac(1).replace(":", ""))))


def take(rig: Rig, *frames: bytes) -> Intake:
    """Packets that the switch punts, all at one moment."""
    data = b"".join(prefixed(packet(one, {1: 1, 2: 1, 3: RSVP})) for one in frames)
    packets, _ = PacketReader().read(data)

    async def give() -> Intake:
        intake, now_ns = rig.daemon._intake, rig.daemon._clock_ns()
        rig.daemon._carry_out(intake.take(packets, now_ns), now_ns)
        return intake

    return rig.call(give())


def known(rig: Rig) -> int:
    return rig.daemon.front.known


def test_a_flood_of_strangers_leaves_refreshes_and_a_known_neighbour_alone(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    before = rig.daemon.node.counters.path_states
    good = bytes.fromhex("020000000102")
    flood = [frame(of(number)) for number in range(900)]
    take(rig, *flood[:400], frame(path(), good), *flood[400:], frame(of(999), good))
    assert known(rig) == 1
    # A first message of the stranger's has become state: from then on it has a ration as well.
    assert rig.daemon.node.counters.path_states - before <= LEAST + 2
    assert Session(host(2), 17, 6_999) in rig.daemon.node.sessions
    assert counters(rig.daemon)["withheld_from_neighbour_messages"] > 300


def test_what_is_not_looked_at_is_no_news(rig: Rig) -> None:
    assert take(rig, *(frame(of(number)) for number in range(900))).is_news
    assert not take(rig, *(frame(of(number)) for number in range(900, 990))).is_news


def test_known_refreshes_take_nothing_of_a_ration(rig: Rig) -> None:
    take(rig, frame(path()))
    for _ in range(5):
        assert not take(rig, *[frame(path())] * 200).is_news
    assert known(rig) == 1_000
    assert rig.daemon.rations.withheld.total() == 0


def test_fragments_are_counted_and_nothing_else(rig: Rig) -> None:
    part = bytearray(frame(path()))
    part[FRAGMENT_WORD] |= 0x20  # more of them
    before = rig.daemon.links.unusable
    assert not take(rig, *[bytes(part)] * 500).is_news
    assert rig.daemon.links.unusable - before == 500
    assert rig.daemon.rations.withheld.total() == 0


def test_what_is_read_frame_by_frame_is_rationed_before_it_is_read(rig: Rig) -> None:
    odd = bytearray(frame(path()))
    odd[34] = 0x44  # another option of IP
    before = rig.daemon.links.unusable
    take(rig, *[bytes(odd)] * 500)
    assert counters(rig.daemon)["withheld_from_strangers_messages"] == 500 - LEAST
    assert rig.daemon.links.unusable - before + rig.daemon.node.counters.received.total() == LEAST


def test_other_rates_are_taken_over_from_the_file(rig: Rig) -> None:
    text = rig.daemon.config.path.read_text()
    rig.daemon.config.path.write_text(text.replace("strangers_per_s = 1", "strangers_per_s = 290"))

    async def reload() -> None:
        assert rig.daemon.reload(read_router(rig.daemon.config.path)) == ()

    rig.call(reload())
    take(rig, *(frame(of(number), b"\2\0\0\0" + number.to_bytes(2)) for number in range(300)))
    assert rig.daemon.rations.withheld.total() == 300 - 290
