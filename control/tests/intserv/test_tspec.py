"""The algebra of token buckets: RFC 2211 8 and RFC 2212, Ordering and Merging."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv import tspec as algebra
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.tspec import Tspec
from tests.intserv.strategies import tspecs

A = Tspec(1000.0, 3000.0, 2000.0, 100, 1500)
BETTER = [
    replace(A, token_rate_bytes_per_s=2000.0),
    replace(A, bucket_bytes=4000.0),
    replace(A, peak_rate_bytes_per_s=inf),
    replace(A, min_policed_bytes=64),  # smaller is better
    replace(A, max_packet_bytes=9000),
]


@pytest.mark.rfc("2211", "8")
@pytest.mark.parametrize("better", BETTER)
def test_a_tspec_that_is_better_in_one_field_is_greater(better: Tspec) -> None:
    assert algebra.compare(better, A) is Ordering.GREATER
    assert algebra.compare(A, better) is Ordering.LESS


@pytest.mark.rfc("2211", "8")
def test_tspecs_that_are_each_better_in_one_field_are_unordered() -> None:
    faster = replace(A, token_rate_bytes_per_s=1500.0)
    deeper = replace(A, bucket_bytes=5000.0)
    assert algebra.compare(faster, deeper) is Ordering.INCOMPARABLE


@pytest.mark.rfc("2211", "8")
@given(tspecs(), tspecs(), tspecs())
def test_the_order_is_a_partial_order(a: Tspec, b: Tspec, c: Tspec) -> None:
    assert algebra.compare(a, a) is Ordering.EQUAL
    if algebra.covers(a, b) and algebra.covers(b, a):
        assert a == b
    if algebra.covers(a, b) and algebra.covers(b, c):
        assert algebra.covers(a, c)


@pytest.mark.rfc("2211", "8")
@pytest.mark.parametrize("operation", [algebra.merge, algebra.least_common, algebra.greatest_lower])
@given(a=tspecs(), b=tspecs(), c=tspecs())
def test_bounds_depend_on_no_order_and_are_idempotent(
    operation: Callable[[Tspec, Tspec], Tspec], a: Tspec, b: Tspec, c: Tspec
) -> None:
    assert operation(a, a) == a
    assert operation(a, b) == operation(b, a)
    assert operation(operation(a, b), c) == operation(a, operation(b, c))


@pytest.mark.rfc("2211", "8")
@given(tspecs(), tspecs(), tspecs())
def test_the_least_common_tspec_is_the_least_upper_bound(a: Tspec, b: Tspec, c: Tspec) -> None:
    bound = algebra.least_common(a, b)
    assert algebra.covers(bound, a)
    assert algebra.covers(bound, b)
    if algebra.covers(c, a) and algebra.covers(c, b):
        assert algebra.covers(c, bound)


@pytest.mark.rfc("2212", "Ordering and Merging")
@given(tspecs(), tspecs())
def test_the_merged_tspec_is_the_least_common_one_with_the_smallest_packet(
    a: Tspec, b: Tspec
) -> None:
    smallest = min(a.max_packet_bytes, b.max_packet_bytes)
    merged = algebra.merge(a, b)
    assert merged == replace(algebra.least_common(a, b), max_packet_bytes=smallest)
    assert merged.min_policed_bytes <= merged.max_packet_bytes


@pytest.mark.rfc("2205", "3.5")
@given(tspecs(), tspecs(), tspecs())
def test_the_greatest_lower_bound_is_below_both_and_above_all_that_are(
    a: Tspec, b: Tspec, c: Tspec
) -> None:
    bound = algebra.greatest_lower(a, b)
    assert bound.min_policed_bytes <= bound.max_packet_bytes
    largest_unit = max(a.min_policed_bytes, b.min_policed_bytes)
    if largest_unit <= bound.max_packet_bytes:  # else no legal Tspec is below both
        assert algebra.covers(a, bound)
        assert algebra.covers(b, bound)
    if algebra.covers(a, c) and algebra.covers(b, c):
        assert algebra.covers(bound, c)


@pytest.mark.rfc("2211", "8")
def test_the_sum_adds_rates_and_buckets_and_takes_the_extreme_packets() -> None:
    b = Tspec(500.0, 1000.0, 700.0, 64, 9000)
    assert algebra.total([A, b]) == Tspec(1500.0, 4000.0, 2700.0, 64, 9000)


@pytest.mark.rfc("2211", "8")
@given(st.lists(tspecs(), min_size=1, max_size=4))
def test_the_sum_is_the_same_in_whatever_order_and_covers_each(flows: list[Tspec]) -> None:
    sums = {algebra.total(order) for order in permutations(flows)}
    assert len(sums) == 1
    (total,) = sums
    assert all(algebra.covers(total, flow) for flow in flows)


@pytest.mark.rfc("2211", "8")
def test_the_minimum_of_ordered_tspecs_is_the_smaller() -> None:
    smaller = replace(A, bucket_bytes=2000.0, min_policed_bytes=200)
    assert algebra.minimum(A, smaller) == smaller
    assert algebra.minimum(smaller, A) == smaller


@pytest.mark.rfc("2211", "8")
def test_the_minimum_of_unordered_tspecs_takes_the_larger_bucket() -> None:
    other = Tspec(800.0, 5000.0, 3000.0, 64, 9000)
    expected = Tspec(800.0, 5000.0, 2000.0, 64, 1500)
    assert algebra.minimum(A, other) == algebra.minimum(other, A) == expected


@pytest.mark.rfc("2215", "3.6")
@pytest.mark.parametrize(
    ("tspec", "name"),
    [
        (replace(A, token_rate_bytes_per_s=0.0), "token rate r"),
        (replace(A, token_rate_bytes_per_s=0.5), "token rate r"),
        (replace(A, token_rate_bytes_per_s=5e13), "token rate r"),
        (replace(A, bucket_bytes=0.0), "bucket b"),
        (replace(A, bucket_bytes=3e11), "bucket b"),
        (replace(A, min_policed_bytes=1501), "minimum policed unit m"),
    ],
)
def test_values_outside_the_ranges_of_the_rfc_are_named(tspec: Tspec, name: str) -> None:
    fault = algebra.why_unreasonable(tspec)
    assert fault is not None
    assert fault.startswith(name)


def test_the_zeros_that_real_routers_send_for_m_and_for_both_pass() -> None:
    assert algebra.why_unreasonable(replace(A, min_policed_bytes=0)) is None
    assert algebra.why_unreasonable(replace(A, min_policed_bytes=0, max_packet_bytes=0)) is None


@pytest.mark.rfc("2210", "3.1")
@pytest.mark.parametrize(
    ("rate_bytes_per_s", "m"), [(8_000, 64), (125_000, 125), (625_000, 625), (12_500_000, 1500)]
)
def test_an_m_that_nobody_names_is_what_the_rate_carries_in_a_millisecond(
    rate_bytes_per_s: float, m: int
) -> None:
    assert algebra.usual_min_policed_bytes(rate_bytes_per_s, 1500) == m
