"""Frames that nobody would send: cut, changed and grown at random places.

No frame kills the switch, none is lost without a count, and none comes out twice.
"""

from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet6 import IPv6ExtHdrDestOpt, IPv6ExtHdrFragment
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

from p4rsvp.target.numbers import DropReason, drop_cell
from packet.frames import (
    AH,
    ESP,
    RSVP,
    RSVP_PATH,
    ah,
    arriving,
    esp,
    ipv4,
    ipv6,
    router_alert,
    router_alert6,
    rsvp,
    udp,
)
from packet.network import INTERFACES
from packet.router import Router

WELL_FORMED = [
    bytes(arriving(1, packet))
    for packet in (
        ipv4() / udp(),
        ipv4(options=[Raw(bytes(12))]) / udp(),
        ipv4(proto=RSVP, options=[router_alert()]) / rsvp(RSVP_PATH),
        ipv4(proto=ESP) / esp(7),
        ipv4(dst=INTERFACES[1].ipv4) / udp(),
        ipv6() / udp(),
        ipv6() / router_alert6() / IPv6ExtHdrDestOpt() / IPv6ExtHdrFragment(m=1) / udp(),
        ipv6(nh=AH) / ah(7),
    )
]
WELL_FORMED.append(bytes(Ether(dst="ff:ff:ff:ff:ff:ff") / ARP()))
MOST_FRAMES = 40  # at once: bmv2 keeps 64 in a queue


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A well-formed frame with up to four bytes changed, and an end somewhere else."""
    frame = bytearray(draw(st.sampled_from(WELL_FORMED)))
    for place in draw(st.lists(st.integers(12, len(frame) - 1), max_size=4)):
        frame[place] = draw(st.integers(0, 255))
    end = draw(st.integers(1, len(frame)) | st.just(len(frame)))
    return bytes(frame[:end]) + draw(st.binary(max_size=8))


def drops(router: Router) -> int:
    cells = (drop_cell(1, reason) for reason in DropReason)
    return sum(router.controller.packets("drops", cell) for cell in cells)


@settings(max_examples=50, deadline=None)
@given(st.lists(damaged(), min_size=1, max_size=MOST_FRAMES))
def test_every_frame_has_exactly_one_fate(switch: Router, frames: list[bytes]) -> None:
    before = drops(switch)
    outcome = switch.pass_packets(*[(1, frame) for frame in frames])
    sent = sum(len(frames) for frames in outcome.frames.values())
    assert sent + len(outcome.punts) + drops(switch) - before == len(frames)
