"""What of a link bmv2's best-effort queue is given: bits, though bmv2 counts packets."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.dataplane.links import LEAST_QUEUE_BYTES
from p4rsvp.lab.bmv2 import bmv2_links
from p4rsvp.lab.spaces.bmv2_links import (
    FULL_FRAME_BYTES,
    PERIOD_S,
    Sent,
    Share,
)

RATE_BITS_PER_S = 10e6
PERIOD_BYTES = round(RATE_BITS_PER_S / 8 * PERIOD_S)
MANY = 20  # periods, after which an average has settled


class Port:
    """A share, and the counters of what has left."""

    def __init__(self) -> None:
        self.share = Share(RATE_BITS_PER_S)
        self._so_far = Sent()

    def fill(self, periods: int, frame_bytes: int, reserved_share: float) -> None:
        """Have the link full for so many periods."""
        reserved_bytes = round(PERIOD_BYTES * reserved_share)
        packets = (PERIOD_BYTES - reserved_bytes) // frame_bytes
        sent = Sent(reserved_bytes, packets * frame_bytes, packets)
        for _ in range(periods):
            self._so_far = Sent(*map(sum, zip(self._so_far, sent, strict=True)))
            self.share.see(self._so_far, PERIOD_S)

    def left_bits_per_s(self, frame_bytes: int) -> float:
        """What best effort may send."""
        return self.share.packets_per_s * frame_bytes * 8


def test_a_link_that_nobody_has_used_is_for_full_frames() -> None:
    share = Share(RATE_BITS_PER_S)
    assert share.packets_per_s == round(RATE_BITS_PER_S / 8 / FULL_FRAME_BYTES)
    assert share.depth_packets == round(RATE_BITS_PER_S / 8 / 10 / FULL_FRAME_BYTES)


@pytest.mark.parametrize("frame_bytes", [60, 514, 1014, 1514])
@pytest.mark.parametrize("reserved_share", [0.0, 0.2, 0.85])
def test_best_effort_has_what_is_left_whatever_its_frames(
    frame_bytes: int, reserved_share: float
) -> None:
    port = Port()
    port.fill(MANY, frame_bytes, reserved_share)
    left = (1 - reserved_share) * RATE_BITS_PER_S
    assert port.left_bits_per_s(frame_bytes) == pytest.approx(left, rel=0.01)


def test_what_is_released_comes_back_within_a_second() -> None:
    port = Port()
    port.fill(MANY, 1000, reserved_share=0.5)
    port.fill(round(1 / PERIOD_S), 1000, reserved_share=0.0)
    assert port.left_bits_per_s(1000) == pytest.approx(RATE_BITS_PER_S, rel=0.01)


@given(
    st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 1 << 20), st.integers(60, 1514))),
    st.floats(1e3, 1e9),
)
def test_no_traffic_takes_the_limit_away(
    periods: list[tuple[int, int, int]], rate_bits_per_s: float
) -> None:
    share, so_far = Share(rate_bits_per_s), Sent()
    for reserved_bytes, packets, frame_bytes in periods:
        so_far = Sent(
            so_far.reserved_bytes + reserved_bytes,
            so_far.bytes + packets * frame_bytes,
            so_far.packets + packets,
        )
        share.see(so_far, PERIOD_S)
        # bmv2 takes 0 for no limit; and no rate exceeds that of the smallest frames.
        assert 1 <= share.packets_per_s <= max(1, round(rate_bits_per_s / (60 * 8)))
        assert share.depth_packets >= LEAST_QUEUE_BYTES // FULL_FRAME_BYTES


@pytest.mark.parametrize("rate", ["10M", "1=fast", "600=1M"])
def test_what_is_no_rate_of_a_port_is_said(rate: str) -> None:
    done = CliRunner().invoke(bmv2_links, ["--rate", rate])
    assert done.exit_code == 2
    assert f"{rate!r} is not PORT=RATE in bit/s" in done.output
