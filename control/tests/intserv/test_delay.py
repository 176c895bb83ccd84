"""Delay and buffer bounds of RFC 2212, worked by hand and against each other."""

from dataclasses import replace
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv.delay import (
    buffer_bytes,
    queueing_delay_us,
    reshaping_buffer_bytes,
    rspec_for_delay,
    spend_slack,
)
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.intserv.single import single_down, single_up
from p4rsvp.wire.adspec import ErrorTerms
from p4rsvp.wire.flowspec import Rspec
from p4rsvp.wire.tspec import Tspec
from tests.intserv.strategies import rates, terms, tspecs

# b = 6000, M = 1000, r = 10,000, p = 30,000 bytes(/s); Ctot = 3000 bytes, Dtot = 5000 us.
FLOW = Tspec(10_000.0, 6000.0, 30_000.0, 64, 1000)
PATH = ErrorTerms(3000, 5000, 1500, 2000)


def bound_us(tspec: Tspec, rate_bytes_per_s: float, path: ErrorTerms) -> Fraction:
    found = queueing_delay_us(tspec, rate_bytes_per_s, path)
    assert found is not None
    return found


@pytest.mark.rfc("2212", "Network Element Data Handling Requirements")
def test_the_bound_for_a_rate_below_the_peak() -> None:
    # (6000-1000)/20000 * (30000-20000)/(30000-10000) + (1000+3000)/20000 + 0.005 = 0.33 s
    assert queueing_delay_us(FLOW, 20_000.0, PATH) == 330_000


@pytest.mark.rfc("2212", "Network Element Data Handling Requirements")
def test_the_bound_for_a_rate_from_the_peak_on() -> None:
    # (1000+3000)/40000 + 0.005 = 0.105 s
    assert queueing_delay_us(FLOW, 40_000.0, PATH) == 105_000


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_the_bound_without_a_peak_rate() -> None:
    # b/R + Ctot/R + Dtot = 6000/20000 + 3000/20000 + 0.005 = 0.455 s
    unknown_peak = replace(FLOW, peak_rate_bytes_per_s=inf)
    assert queueing_delay_us(unknown_peak, 20_000.0, PATH) == 455_000


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_the_smallest_rate_for_a_delay_in_each_branch() -> None:
    assert rspec_for_delay(FLOW, PATH, 330_000) == Rspec(20_000.0, 0)
    assert rspec_for_delay(FLOW, PATH, 105_000) == Rspec(40_000.0, 0)
    unknown_peak = replace(FLOW, peak_rate_bytes_per_s=inf)
    assert rspec_for_delay(unknown_peak, PATH, 455_000) == Rspec(20_000.0, 0)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_what_is_left_at_the_token_rate_is_slack() -> None:
    # With R = r the bound is b/r + Ctot/r + Dtot = 0.905 s; S = Dreq - that.
    assert queueing_delay_us(FLOW, 10_000.0, PATH) == 905_000
    assert rspec_for_delay(FLOW, PATH, 1_000_000) == Rspec(10_000.0, 95_000)


@pytest.mark.rfc("2212", "Exported Information")
def test_no_rate_meets_a_delay_that_the_path_itself_takes() -> None:
    assert rspec_for_delay(FLOW, PATH, 5000) is None
    assert rspec_for_delay(FLOW, PATH, 5000.00001) is None  # it would take more than 40 TB/s


@pytest.mark.rfc("2212", "Exported Information")
@pytest.mark.parametrize("field", ["c_tot_bytes", "d_tot_us"])
def test_a_sum_that_ran_over_bounds_nothing(field: str) -> None:
    path = replace(PATH, **{field: 2**32 - 1})
    assert queueing_delay_us(FLOW, 20_000.0, path) is None
    assert rspec_for_delay(FLOW, path, 10**9) is None


@pytest.mark.rfc("2212", "Invocation Information")
def test_a_rate_below_the_token_rate_bounds_nothing() -> None:
    assert queueing_delay_us(FLOW, 9_999.0, PATH) is None


@pytest.mark.rfc("2212", "Network Element Data Handling Requirements")
@given(tspecs(), terms, st.floats(1, 1e9))
def test_the_rate_for_a_delay_is_the_smallest_that_meets_it(
    tspec: Tspec, path: ErrorTerms, delay_us: float
) -> None:
    rspec = rspec_for_delay(tspec, path, delay_us)
    if rspec is None:
        return
    assert bound_us(tspec, rspec.rate_bytes_per_s, path) + rspec.slack_us <= delay_us
    below = single_down(Fraction(rspec.rate_bytes_per_s) - Fraction(1, 10**9))
    if below >= tspec.token_rate_bytes_per_s:
        assert bound_us(tspec, below, path) > delay_us


@pytest.mark.rfc("2212", "Network Element Data Handling Requirements")
@given(tspecs(), terms, rates, rates)
def test_a_higher_rate_never_delays_more(
    tspec: Tspec, path: ErrorTerms, one: float, other: float
) -> None:
    low, high = sorted(max(rate, tspec.token_rate_bytes_per_s) for rate in (one, other))
    assert bound_us(tspec, high, path) <= bound_us(tspec, low, path)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
@given(tspecs(), terms, rates)
def test_ignoring_the_peak_rate_only_overestimates(
    tspec: Tspec, path: ErrorTerms, rate: float
) -> None:
    rspec = Rspec(max(rate, tspec.token_rate_bytes_per_s), 0)
    unknown = replace(tspec, peak_rate_bytes_per_s=inf)
    rate = rspec.rate_bytes_per_s
    assert bound_us(tspec, rate, path) <= bound_us(unknown, rate, path)
    assert buffer_bytes(tspec, rspec, path) <= buffer_bytes(unknown, rspec, path)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_the_buffer_in_each_branch_of_the_rfc() -> None:
    # (b-M)/(p-r) = 5000/20000 = 0.25 s against Csum/R + Dsum.
    short = ErrorTerms(0, 0, 2000, 50_000)  # 2000/20000 + 0.05 = 0.15 s: X = R
    assert buffer_bytes(FLOW, Rspec(20_000.0, 0), short) == 1000 + 2500 + 3000
    long = ErrorTerms(0, 0, 2000, 300_000)  # 0.4 s: X = r
    assert buffer_bytes(FLOW, Rspec(20_000.0, 0), long) == 1000 + 5000 + 4000
    # R = 40000 >= p: Csum/R + Dsum = 0.1 s: X = p
    assert buffer_bytes(FLOW, Rspec(40_000.0, 0), short) == 1000 + 0 + 3000
    unknown = replace(FLOW, peak_rate_bytes_per_s=inf)  # b + Csum + Dsum R
    assert buffer_bytes(unknown, Rspec(20_000.0, 0), short) == 6000 + 2000 + 1000


@pytest.mark.rfc("2212", "Policing")
def test_the_reshaping_buffer() -> None:
    assert reshaping_buffer_bytes(FLOW, PATH) == 6000 + 1500 + 20
    assert reshaping_buffer_bytes(FLOW, NO_DISTORTION) == 6000


@pytest.mark.rfc("2212", "Ordering and Merging")
def test_slack_pays_for_a_lower_rate() -> None:
    # (b + Ctot)(1/Rout - 1/Rin) = 9000 * (1/15000 - 1/20000) = 0.15 s
    rspec = Rspec(20_000.0, 200_000)
    assert spend_slack(FLOW, rspec, 3000, 15_000.0) == Rspec(15_000.0, 50_000)
    assert spend_slack(FLOW, Rspec(20_000.0, 149_999), 3000, 15_000.0) is None


@pytest.mark.rfc("2212", "Ordering and Merging")
def test_slack_never_lowers_the_rate_below_the_token_rate() -> None:
    assert spend_slack(FLOW, Rspec(20_000.0, 2**32 - 1), 3000, 9_999.0) is None


@pytest.mark.rfc("2212", "Ordering and Merging")
@given(tspecs(), rates, st.integers(0, 2**32 - 1), st.integers(0, 10**6), rates)
def test_spent_slack_keeps_the_constraint_of_the_rfc(
    tspec: Tspec, rate: float, slack_us: int, c_tot: int, available: float
) -> None:
    before = Rspec(max(rate, tspec.token_rate_bytes_per_s), slack_us)
    after = spend_slack(tspec, before, c_tot, available)
    if after is None:
        return

    def promised_s(rspec: Rspec) -> Fraction:
        backlog = Fraction(tspec.bucket_bytes) + c_tot
        return Fraction(rspec.slack_us, 10**6) + backlog / Fraction(rspec.rate_bytes_per_s)

    assert promised_s(after) <= promised_s(before)
    assert tspec.token_rate_bytes_per_s <= after.rate_bytes_per_s <= before.rate_bytes_per_s
    assert after.rate_bytes_per_s <= available


@given(st.fractions(0, 10**30))
def test_rounding_to_singles_encloses_the_value(value: Fraction) -> None:
    assert single_down(value) <= value <= single_up(value)
    assert single_up(single_down(value)) == single_down(value)
