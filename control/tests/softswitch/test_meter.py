"""The meter kernel against a token bucket of exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.dataplane.entities import MeterConfig
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.kernels.meter import execute_meter, wire_bytes
from p4rsvp.softswitch.layout import Ctl
from p4rsvp.softswitch.state import MAX_BURST, check_config, read_meter, write_meter
from tests.softswitch.limits import unhurried

pytestmark = [pytest.mark.kernel, pytest.mark.rfc("2698", "3")]
GREEN, YELLOW, RED = range(3)


class NaiveMarker:
    """RFC 2698 section 3, colour-blind, as it is written."""

    def __init__(self, config: MeterConfig, now_ns: int) -> None:
        self.config = config
        self.committed = Fraction(config.cburst)
        self.peak = Fraction(config.pburst)
        self.last_ns = now_ns

    def mark(self, size: int, now_ns: int) -> int:
        elapsed = Fraction(now_ns - self.last_ns, 10**9)
        self.last_ns = now_ns
        config = self.config
        self.committed = min(self.committed + config.cir * elapsed, Fraction(config.cburst))
        self.peak = min(self.peak + config.pir * elapsed, Fraction(config.pburst))
        if self.peak < size:
            return RED
        self.peak -= size
        if self.committed < size:
            return YELLOW
        self.committed -= size
        return GREEN


def meter(config: MeterConfig, now_ns: int) -> np.ndarray:
    mem = np.zeros(16, dtype=np.uint64)
    write_meter(mem, 8, config, now_ns)
    return mem


def mark(mem: np.ndarray, size: int, now_ns: int, workers: int = 1) -> int:
    ctl = np.zeros(Ctl.LISTS, dtype=np.uint64)
    ctl[Ctl.WORKERS] = workers
    state, control = (jit.view(array, plain=jit.JIT_DISABLED) for array in (mem, ctl))
    place, amount, now = (jit.u64(n) for n in (8, size, now_ns))
    return int(execute_meter(state, control, place, amount, now))


rates = st.one_of(st.integers(0, 10), st.integers(0, 10**6), st.integers(0, 10**12))
bursts = st.one_of(st.integers(0, 3000), st.integers(0, MAX_BURST))
gaps = st.one_of(st.integers(0, 10), st.integers(0, 10**7), st.integers(0, 10**16))
sizes = st.one_of(st.integers(0, 1600), st.integers(0, 10**6))


@unhurried
@pytest.mark.parametrize("workers", [1, 2])
@given(rates, bursts, rates, bursts, st.lists(st.tuples(gaps, sizes), max_size=60))
def test_every_packet_has_the_colour_of_the_exact_token_buckets(
    workers: int, cir: int, cburst: int, extra: int, pburst: int, packets: list[tuple[int, int]]
) -> None:
    config = MeterConfig(cir, cburst, cir + extra, pburst)
    now_ns = 5
    mem, naive = meter(config, now_ns), NaiveMarker(config, now_ns)
    for gap_ns, size in packets:
        now_ns += gap_ns
        assert mark(mem, size, now_ns, workers) == naive.mark(size, now_ns)


def test_a_byte_more_than_the_burst_is_not_green() -> None:
    config = MeterConfig(1000, 1500, 10**6, 10**6)
    assert mark(meter(config, 0), 1500, 0) == GREEN
    assert mark(meter(config, 0), 1501, 0) == YELLOW


def test_tokens_are_back_at_the_nanosecond() -> None:
    config = MeterConfig(1_000_000, 1000, 1_000_000, 1000)
    mem = meter(config, 0)
    assert mark(mem, 1000, 0) == GREEN
    assert mark(mem.copy(), 1000, 999_999) == RED
    assert mark(mem, 1000, 1_000_000) == GREEN


def test_a_clock_that_steps_back_gives_no_tokens() -> None:
    mem = meter(MeterConfig(10**9, 1000, 10**9, 1000), 10**9)
    assert mark(mem, 1000, 10**9) == GREEN
    assert mark(mem, 1000, 5) == RED


def test_a_meter_that_was_never_configured_says_green() -> None:
    assert mark(np.zeros(16, dtype=np.uint64), 10**6, 7) == GREEN


@unhurried
@given(rates, bursts, rates, bursts)
def test_a_configuration_reads_back(cir: int, cburst: int, extra: int, pburst: int) -> None:
    config = MeterConfig(cir, cburst, cir + extra, pburst)
    assert read_meter(meter(config, 3), 8) == config


@pytest.mark.parametrize(
    "config",
    [
        MeterConfig(-1, 0, 0, 0),
        MeterConfig(0, MAX_BURST + 1, 0, 0),
        MeterConfig(5, 0, 4, 0),
    ],
)
def test_what_is_no_token_bucket_is_refused(config: MeterConfig) -> None:
    with pytest.raises(ControlError, match="meter m"):
        check_config(config, "meter m")


@pytest.mark.parametrize(("length", "taken"), [(1, 84), (34, 84), (60, 84), (61, 85), (1514, 1538)])
def test_a_frame_takes_of_an_ethernet_what_it_is_padded_to_and_what_is_around_it(
    length: int, taken: int
) -> None:
    assert int(wire_bytes(jit.u64(length))) == taken
