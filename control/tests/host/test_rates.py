"""Rates and sizes as people write them."""

from __future__ import annotations

import pytest

from p4rsvp.host.rates import rate_bytes_per_s, size_bytes


@pytest.mark.parametrize(
    ("text", "bytes_per_s"),
    [
        ("5 Mbit/s", 625_000),
        ("5Mbit", 625_000),
        ("5mbps", 625_000),
        ("64 kb/s", 8_000),
        ("1.5 Gbit/s", 187_500_000),
        ("625 kB/s", 625_000),
        ("1 MiB/s", 1_048_576),
        ("800 bit/s", 100),
        (1_000, 1_000),
    ],
)
def test_a_rate_is_read_in_its_own_unit(text: str | float, bytes_per_s: float) -> None:
    assert rate_bytes_per_s(text) == bytes_per_s


@pytest.mark.parametrize("text", ["", "5", "5 Mbit/h", "five Mbit/s", "0 bit/s", "-1 bit/s"])
def test_what_is_no_rate_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=text or "no rate"):
        rate_bytes_per_s(text)


@pytest.mark.parametrize(
    ("text", "count"), [("1500", 1_500), ("15 kB", 15_000), ("4KiB", 4_096), (9.0, 9)]
)
def test_a_size_is_bytes(text: str | float, count: float) -> None:
    assert size_bytes(text) == count


@pytest.mark.parametrize("text", ["1500 bit", "15 kB/s", "many"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no size"):
        size_bytes(text)
