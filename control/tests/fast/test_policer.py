"""The policer: the bounds of the RFCs, exactly, and its twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.fast.policer import (
    LARGEST_BUCKET_BYTES,
    LARGEST_RATE_BYTES_PER_S,
    Policer,
    Profile,
    Verdict,
)
from p4rsvp.fast.policer_plain import PlainBucket

pytestmark = pytest.mark.kernel

SECOND_NS = 10**9
CONFORMS, EXCESS, TOO_LONG = Verdict
Packet = tuple[int, int]  # length in bytes, time in ns


def police(policer: Policer, packets: list[Packet], bucket: int = 0) -> list[Verdict]:
    lengths = np.array([length for length, _ in packets], np.int64)
    times = np.array([time for _, time in packets], np.int64)
    verdicts = policer.police(np.full(len(packets), bucket, np.int64), lengths, times)
    return [Verdict(int(verdict)) for verdict in verdicts]


def a_policer(profile: Profile) -> Policer:
    policer = Policer(1)
    policer.install(0, profile, 0)
    return policer


@pytest.mark.rfc("2211", "7")
def test_a_flow_may_send_its_bucket_at_once_and_no_more() -> None:
    policer = a_policer(Profile(1000, 3000, 1, 1500))
    assert police(policer, [(1500, 0), (1500, 0), (1, 0)]) == [CONFORMS, CONFORMS, EXCESS]


@pytest.mark.rfc("2211", "7")
def test_tokens_come_back_at_the_rate_to_the_nanosecond() -> None:
    policer = a_policer(Profile(1000, 1000, 1, 1000))
    packets = [(1000, 0), (500, SECOND_NS // 2 - 1), (500, SECOND_NS // 2)]
    assert police(policer, packets) == [CONFORMS, EXCESS, CONFORMS]


@pytest.mark.rfc("2211", "7")
def test_a_packet_shorter_than_m_counts_as_m() -> None:
    policer = a_policer(Profile(0, 300, 100, 1500))
    assert police(policer, [(1, 0)] * 4) == [CONFORMS] * 3 + [EXCESS]


@pytest.mark.rfc("2211", "7")
def test_a_packet_longer_than_the_maximum_never_conforms_and_takes_no_tokens() -> None:
    policer = a_policer(Profile(0, 1500, 1, 1500))
    assert police(policer, [(1501, 0), (1500, 0)]) == [TOO_LONG, CONFORMS]


def test_a_packet_in_excess_takes_no_tokens() -> None:
    policer = a_policer(Profile(0, 1000, 1, 1500))
    assert police(policer, [(1001, 0), (1000, 0)]) == [EXCESS, CONFORMS]


@pytest.mark.rfc("2212", "Policing")
def test_the_peak_rate_spaces_the_packets_of_a_burst() -> None:
    policer = a_policer(Profile(1000, 10_000, 1, 1000, peak_rate_bytes_per_s=1_000_000))
    packets = [(1000, 0), (1000, 999_999), (1000, 1_000_000)]
    assert police(policer, packets) == [CONFORMS, EXCESS, CONFORMS]


def test_what_the_peak_bucket_refuses_takes_no_tokens_of_the_other() -> None:
    policer = a_policer(Profile(0, 2000, 1, 1000, peak_rate_bytes_per_s=1_000_000))
    packets = [(1000, 0), (1000, 1), (1000, SECOND_NS)]
    assert police(policer, packets) == [CONFORMS, EXCESS, CONFORMS]


@pytest.mark.parametrize("rate", [1, 3, 7, 999_999_937, 10**12])
def test_nothing_drifts_when_a_flow_keeps_exactly_to_its_rate(rate: int) -> None:
    # The n-th packet comes at the first nanosecond by which n packets' tokens have flowed in; the
    # bucket, never full again after the first, must have kept each fraction of a byte for that.
    times = [-(-n * 1000 * SECOND_NS // rate) for n in range(2000)]
    packets = [(1000, 0), *((1000, time) for time in times)]
    profile = Profile(rate, 2000, 1, 1000)
    assert set(police(a_policer(profile), packets)) == {CONFORMS}
    too_early = [*packets[:-1], (1000, times[-1] - 1)]
    assert police(a_policer(profile), too_early)[-1] is EXCESS


def test_a_bucket_refills_after_any_silence() -> None:
    policer = a_policer(Profile(LARGEST_RATE_BYTES_PER_S, LARGEST_BUCKET_BYTES, 1, 1500))
    assert police(policer, [(1500, 0), (1500, 2**62)]) == [CONFORMS, CONFORMS]
    assert policer.level_bytes(0) == LARGEST_BUCKET_BYTES - 1500


def test_a_bucket_that_is_nearly_full_is_not_full() -> None:
    # 10 bytes at 3 bytes a second take 3.33... s: a nanosecond sooner, a billionth is missing.
    packets = [(10, 0), (10, 3_333_333_333)]
    assert police(a_policer(Profile(3, 10, 1, 10)), packets) == [CONFORMS, EXCESS]
    packets = [(10, 0), (10, 3_333_333_334)]
    assert police(a_policer(Profile(3, 10, 1, 10)), packets) == [CONFORMS, CONFORMS]


def test_a_clock_that_steps_back_takes_no_tokens() -> None:
    policer = a_policer(Profile(1000, 1000, 1, 1000))
    assert police(policer, [(500, 5 * SECOND_NS), (500, 0)]) == [CONFORMS, CONFORMS]


def test_a_clock_that_steps_back_gives_no_tokens() -> None:
    policer = a_policer(Profile(1000, 1000, 1, 1000))
    packets = [(1000, 5 * SECOND_NS), (1, 0), (1, 5 * SECOND_NS), (1, 5 * SECOND_NS + 1_000_000)]
    assert police(policer, packets) == [CONFORMS, EXCESS, EXCESS, CONFORMS]


def test_a_changed_profile_does_not_refill_the_bucket() -> None:
    policer = a_policer(Profile(1000, 3000, 1, 1500))
    police(policer, [(1500, 0), (1500, 0)])
    policer.change(0, Profile(2000, 6000, 1, 1500), SECOND_NS)
    assert policer.level_bytes(0) == 1000


def test_a_changed_profile_leaves_no_more_than_fits() -> None:
    policer = a_policer(Profile(0, 3000, 1, 1500, peak_rate_bytes_per_s=1000))
    policer.change(0, Profile(0, 250, 1, 100, peak_rate_bytes_per_s=1000), 0)
    assert policer.level_bytes(0) == 250
    assert police(policer, [(100, 0), (1, 0)]) == [CONFORMS, EXCESS]


def test_each_bucket_is_policed_by_itself() -> None:
    policer = Policer(2)
    policer.install(0, Profile(0, 100, 1, 100), 0)
    policer.install(1, Profile(0, 200, 1, 100), 0)
    buckets, lengths = np.array([0, 1, 0, 1, 1]), np.full(5, 100)
    verdicts = policer.police(buckets, lengths, np.zeros(5, np.int64))
    assert verdicts.tolist() == [CONFORMS, CONFORMS, EXCESS, CONFORMS, EXCESS]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate_bytes_per_s", LARGEST_RATE_BYTES_PER_S + 1),
        ("bucket_bytes", LARGEST_BUCKET_BYTES + 1),
        ("min_policed_bytes", 1501),
        ("max_packet_bytes", 65536),
        ("peak_rate_bytes_per_s", 0),
    ],
)
def test_a_profile_that_the_arithmetic_cannot_hold_is_refused(field: str, value: int) -> None:
    values = {
        "rate_bytes_per_s": 1,
        "bucket_bytes": 1,
        "min_policed_bytes": 1,
        "max_packet_bytes": 1500,
        "peak_rate_bytes_per_s": 1,
    }
    with pytest.raises(ValueError, match=field):
        Profile(**values | {field: value})


profiles = st.builds(
    Profile,
    rate_bytes_per_s=st.integers(0, 3000) | st.integers(0, LARGEST_RATE_BYTES_PER_S),
    bucket_bytes=st.integers(0, 5000) | st.integers(0, LARGEST_BUCKET_BYTES),
    min_policed_bytes=st.integers(0, 100),
    max_packet_bytes=st.integers(100, 1500),
    peak_rate_bytes_per_s=st.none() | st.integers(1, 9000) | st.integers(1, 10**12),
)
gaps = (
    st.integers(-5, 10) | st.integers(-(10**9), 0) | st.integers(0, 10**9) | st.integers(0, 10**15)
)
arrivals = st.lists(st.tuples(st.integers(0, 1600), gaps), max_size=40)


def at_times(packets: list[Packet]) -> list[Packet]:
    """Turn the gaps between packets into times."""
    now, timed = 0, []
    for length, gap in packets:
        now = max(0, now + gap)
        timed.append((length, now))
    return timed


@settings(deadline=None)
@given(profiles, profiles, arrivals, arrivals)
def test_the_twins_agree(
    first: Profile, second: Profile, before: list[Packet], after: list[Packet]
) -> None:
    policer, plain = a_policer(first), PlainBucket(first, 0)
    timed = at_times(before + after)
    early, late = timed[: len(before)], timed[len(before) :]
    assert police(policer, early) == [plain.police(*packet) for packet in early]
    change_ns = timed[len(before) - 1][1] if before else 0
    policer.change(0, second, change_ns)
    plain.change(second, change_ns)
    assert police(policer, late) == [plain.police(*packet) for packet in late]


@pytest.mark.rfc("2212", "Policing")
@settings(deadline=None)
@given(
    st.integers(1, 5000),
    st.integers(1500, 5000),
    st.integers(1, 9000),
    st.lists(st.tuples(st.integers(1, 1500), st.integers(0, 10**9)), max_size=25),
)
def test_what_conforms_keeps_to_both_bounds_over_every_span_of_time(
    rate: int, bucket_bytes: int, peak_rate: int, packets: list[Packet]
) -> None:
    timed = at_times(packets)
    policer = a_policer(Profile(rate, bucket_bytes, 0, 1500, peak_rate_bytes_per_s=peak_rate))
    verdicts = police(policer, timed)
    sent = [packet for packet, verdict in zip(timed, verdicts, strict=True) if verdict is CONFORMS]
    for first, (_, start) in enumerate(sent):
        total_bytes = 0
        for length, time in sent[first:]:
            total_bytes += length
            # r T + b and p T + M, in nanobytes: no rounding here either.
            assert total_bytes * SECOND_NS <= rate * (time - start) + bucket_bytes * SECOND_NS
            assert total_bytes * SECOND_NS <= peak_rate * (time - start) + 1500 * SECOND_NS
