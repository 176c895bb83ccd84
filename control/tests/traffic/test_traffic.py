"""The generator and the receiver: stamps, schedules, accounts, and both over an interface."""

import os
import struct
import threading
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.softswitch.jit import u64
from p4rsvp.softswitch.ports.ring_socket import views
from p4rsvp.traffic import (
    STAMP_BYTES,
    Accounts,
    Receiver,
    Sender,
    constant,
    merged,
    on_off,
    poisson,
    repeated,
    veth,
)
from p4rsvp.traffic.accounts import Bin, account, histogram_place
from p4rsvp.traffic.memory import shared_words
from p4rsvp.traffic.stamp import (
    is_stamped,
    stamped_flow,
    stamped_sequence,
    stamped_time,
    write_stamp,
)
from tests.veth import needs_interfaces

pytestmark = pytest.mark.kernel

MS = 1_000_000
WORD = st.integers(0, (1 << 64) - 1)
FRAME = bytes.fromhex("0200000000020000000000000800") + bytes(50)


def ones_sum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def stamped(flow: int, sequence: int, time_ns: int) -> np.ndarray:
    octets = np.zeros(64, dtype=np.uint8)
    write_stamp(*views(octets), *map(u64, (64, flow, sequence, time_ns)))
    return octets


@given(st.integers(0, (1 << 32) - 1), WORD, WORD)
def test_a_stamp_is_read_as_it_was_written(flow: int, sequence: int, time_ns: int) -> None:
    (octets,) = views(stamped(flow, sequence, time_ns))
    end = u64(64)
    assert is_stamped(octets, end)
    found = stamped_flow(octets, end), stamped_sequence(octets, end), stamped_time(octets, end)
    assert found == (flow, sequence, time_ns)


@given(st.integers(0, (1 << 32) - 1), WORD, WORD)
def test_a_stamp_leaves_the_checksum_of_its_packet_as_it_was(
    flow: int, sequence: int, time_ns: int
) -> None:
    assert ones_sum(stamped(flow, sequence, time_ns).tobytes()) == 0xFFFF  # one's complement's 0


@given(WORD, WORD, st.integers(0, 8 * STAMP_BYTES - 1))
def test_a_stamp_with_a_wrong_bit_is_none(sequence: int, time_ns: int, bit: int) -> None:
    octets = stamped(7, sequence, time_ns)
    octets[64 - STAMP_BYTES + bit // 8] ^= 1 << bit % 8
    (wrong,) = views(octets)
    assert not is_stamped(wrong, u64(64))


def test_a_constant_rate_does_not_drift() -> None:
    times = constant(0, 3, 10_000 * MS, begin_ns=5).times_ns
    assert len(times) == 30
    assert times[:4].tolist() == [5, 333_333_338, 666_666_672, 1_000_000_005]


def test_merged_schedules_keep_time_and_then_the_order_of_their_flows() -> None:
    both = merged(constant(1, 1000, 3 * MS), constant(0, 1000, 2 * MS))
    assert both.times_ns.tolist() == [0, 0, MS, MS, 2 * MS]
    assert both.flows.tolist() == [1, 0, 1, 0, 1]


@given(st.integers(0, (1 << 63) - 1))
def test_a_place_of_the_histogram_is_within_three_percent(value: int) -> None:
    place = int(histogram_place(u64(value)))
    octave = max(place // 32 - 1, 0)
    low = (place - (octave << 5)) << octave
    assert low <= value < low + (1 << octave)
    assert (1 << octave) <= max(1, low / 32)


def enter(accounts: Accounts, flow: int, sequence: int, delay: int, at: int = 1000) -> None:
    numbers = flow, sequence, 100, at, at + delay
    account(*views(*accounts.arrays), *map(u64, numbers))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 40), st.integers(0, 10_000))))
def test_accounts_agree_with_a_naive_count(arrivals: list[tuple[int, int, int]]) -> None:
    accounts = Accounts(2, most_packets=64, bins=1, bin_ns=1 << 40)
    for flow, sequence, delay in arrivals:
        enter(accounts, flow, sequence, delay)
    for flow in range(2):
        came = [(sequence, delay) for f, sequence, delay in arrivals if f == flow]
        first: dict[int, int] = {}
        reordered = 0
        for sequence, delay in came:
            if sequence not in first:
                reordered += sequence < max(first, default=0)
                first[sequence] = delay
        report = accounts.report(flow, 41)
        assert (report.received, report.lost) == (len(first), 41 - len(first))
        assert report.duplicates == len(came) - len(first)
        assert report.reordered == reordered
        assert report.longest_ns == max(first.values(), default=0)
        assert report.shortest_ns == min(first.values(), default=0)
        assert report.mean_ns * max(len(first), 1) == pytest.approx(sum(first.values()))


@given(st.lists(st.integers(1, 1 << 40), min_size=1), st.integers(1, 100))
def test_a_percentile_is_within_three_percent(delays: list[int], percent: int) -> None:
    accounts = Accounts(1, most_packets=len(delays), bins=1, bin_ns=1)
    for number, delay in enumerate(delays):
        enter(accounts, 0, number, delay)
    exact = sorted(delays)[max(-(-len(delays) * percent // 100) - 1, 0)]
    assert accounts.report(0).percentile_ns(percent) == pytest.approx(exact, rel=0.032)


def test_a_number_beyond_the_bits_is_said_to_be_so() -> None:
    accounts = Accounts(1, most_packets=64, bins=1, bin_ns=1)
    enter(accounts, 0, 64, 1)
    report = accounts.report(0, 65)
    assert (report.received, report.beyond, report.lost) == (0, 1, 64)


def test_the_series_tells_packets_and_delays_by_time_of_arrival() -> None:
    accounts = Accounts(2, most_packets=64, bins=3, bin_ns=100)
    for number, (at, delay) in enumerate([(0, 50), (50, 49), (50, 50), (150, 60), (400, 1)]):
        enter(accounts, 1, number, delay, at)
    series = accounts.report(1).series
    assert series[:, Bin.PACKETS].tolist() == [2, 1, 1]
    assert series[:, Bin.DELAY_NS].tolist() == [99, 50, 60]
    assert series[:, Bin.LONGEST_NS].tolist() == [50, 50, 60]
    assert series[:, Bin.BYTES].tolist() == [200, 100, 100]


def test_jitter_is_a_16th_of_each_change_of_the_delay() -> None:
    accounts = Accounts(1, most_packets=64, bins=1, bin_ns=1 << 40)
    jitter = 0.0
    delays = (1000, 5000, 3000, 3000, 80_000)
    for number, delay in enumerate(delays):
        enter(accounts, 0, number, delay, number * 100_000)
    for before, after in pairwise(delays):
        jitter += (abs(after - before) - jitter) / 16
    assert accounts.report(0).series[0, Bin.JITTER_NS] == pytest.approx(jitter, abs=1)


def test_a_gap_belongs_to_the_bin_in_which_it_ends() -> None:
    accounts = Accounts(1, most_packets=64, bins=3, bin_ns=100)
    for number, arrived in enumerate((10, 90, 150, 290)):
        enter(accounts, 0, number, 0, arrived)
    assert accounts.report(0).series[:, Bin.GAP_NS].tolist() == [80, 60, 140]


def test_another_process_reads_the_same_counts(tmp_path: Path) -> None:
    ours, theirs = (
        Accounts(1, most_packets=64, bins=1, bin_ns=1, words=shared_words(tmp_path / "a"))
        for _ in range(2)
    )
    enter(ours, 0, 0, 77)
    assert theirs.report(0).longest_ns == 77


def test_poisson_has_the_mean_rate_and_the_same_times_for_a_seed() -> None:
    times = poisson(3, 1000, 20_000 * MS, seed=5).times_ns
    assert len(times) == pytest.approx(20_000, rel=0.03)
    gaps = np.diff(times.astype(np.int64))
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)
    assert (poisson(3, 1000, 20_000 * MS, seed=5).times_ns == times).all()


def test_on_off_is_silent_between_its_bursts() -> None:
    times = on_off(0, 100, 250 * MS, on_ns=30 * MS, off_ns=70 * MS).times_ns
    assert (times // MS).tolist() == [0, 10, 20, 100, 110, 120, 200, 210, 220]


def test_given_times_come_over_and_over_again() -> None:
    schedule = repeated(2, np.array([0, 5], dtype=np.uint64), 20, 45)
    assert schedule.times_ns.tolist() == [0, 5, 20, 25, 40]
    assert schedule.flows.tolist() == [2] * 5


@needs_interfaces
def test_what_is_sent_into_one_end_of_a_pair_is_accounted_for_at_the_other() -> None:
    name = f"p4rt{os.getpid() % 100_000}"
    schedule = merged(constant(0, 20_000, 50 * MS), constant(1, 10_000, 50 * MS))
    with veth.pairs(name):
        sender, receiver = Sender(name, [FRAME, FRAME + bytes(36)]), Receiver(f"{name}p", 2)
        receiver.start()
        sent = sender.send(schedule)
        receiver.stop()
        reports = [receiver.report(flow, int(sent.sent[flow])) for flow in range(2)]
        receiver.close()
        sender.close()
    assert [(r.sent, r.received) for r in reports] == [
        (1000, 1000),
        (500, 500),
    ]
    assert [(r.lost, r.duplicates, r.reordered) for r in reports] == [(0, 0, 0)] * 2
    assert [r.bytes for r in reports] == [1000 * len(FRAME), 500 * (len(FRAME) + 36)]
    assert sent.took_ns >= 49 * MS


@needs_interfaces
def test_a_sender_that_is_told_to_stop_says_what_it_has_sent() -> None:
    name = f"p4rs{os.getpid() % 100_000}"
    with veth.pairs(name):
        sender = Sender(name, [FRAME])
        sender.stop()
        reports = []
        schedule = constant(0, 10, 3_600_000 * MS)
        thread = threading.Thread(target=lambda: reports.append(sender.send(schedule)))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        sender.close()
    assert Counter(reports[0].sent.tolist()) == {0: 1}
    assert reports[0].planned == 36_000


def test_a_frame_that_has_no_place_for_a_stamp_is_refused() -> None:
    for size in (STAMP_BYTES - 1, STAMP_BYTES + 1, 4000):
        with pytest.raises(ValueError, match="no place for a stamp"):
            Sender("lo", [bytes(size)])


def test_an_interface_that_is_not_there_is_named() -> None:
    with pytest.raises(OSError, match=r"p4rnone|not permitted"):
        Sender("p4rnone", [FRAME])
