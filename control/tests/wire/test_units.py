from math import inf

import pytest

from p4rsvp.wire.text.units import duration, rate, size


@pytest.mark.parametrize(
    ("bytes_per_s", "text"),
    [
        (0.0, "0 B/s (0 bit/s)"),
        (1.0, "1 B/s (8 bit/s)"),
        (125.0, "125 B/s (1 kbit/s)"),
        (1_250_000.0, "1.25 MB/s (10 Mbit/s)"),
        (12_500_000_000.0, "12.5 GB/s (100 Gbit/s)"),
        (999.9999, "1 kB/s (8 kbit/s)"),
        (3.4e38, "3.4e+26 TB/s (2.72e+27 Tbit/s)"),
        (inf, "unlimited"),
    ],
)
def test_a_rate_is_told_in_bytes_and_in_bits(bytes_per_s: float, text: str) -> None:
    assert rate(bytes_per_s) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (64_000, "64 kB")])
def test_a_size_is_scaled(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("count_us", "text"),
    [(0, "0 s"), (999, "999 us"), (1_500, "1.5 ms"), (30_000_000, "30 s"), (2**32, "4294.97 s")],
)
def test_a_duration_has_the_unit_that_fits(count_us: int, text: str) -> None:
    assert duration(count_us) == text
