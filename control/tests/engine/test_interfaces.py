"""Interfaces go down and come back (RFC 2205 3.6): who is told, and what the data plane keeps."""

from __future__ import annotations

import pytest

from .figures.router import REFRESH_MS, figure_4


@pytest.mark.rfc("2205", "3.6")
def test_requests_go_out_again_once_the_way_to_the_previous_hop_is_back() -> None:
    router = figure_4()
    router.resv("c", "R1", "WF( *{4B} )")
    router.goes_down("a")
    router.wait(2 * REFRESH_MS)
    router.quiet()
    router.comes_up("a")
    assert router.news("a") == ["RESV WF( *{4B} )"]
    router.wait(2 * REFRESH_MS)
    assert router.news("a")


@pytest.mark.rfc("2205", "3.6")
def test_nothing_is_sent_by_an_interface_that_is_down() -> None:
    router = figure_4()
    router.resv("c", "R1", "WF( *{4B} )")
    router.goes_down("a")
    router.quiet()
    router.wait(2 * REFRESH_MS)
    router.resv("d", "R2", "WF( *{5B} )")
    assert router.news("a") == []
    assert router.news("b") != []


@pytest.mark.rfc("2205", "3.6")
def test_reservations_on_an_interface_that_goes_down_are_taken_out_of_the_data_plane() -> None:
    router = figure_4()
    router.resv("c", "R1", "WF( *{4B} )")
    router.goes_down("c")
    assert router.reserves("c") == []
    router.comes_up("c")
    router.resv("c", "R1", "WF( *{3B} )")
    assert router.reserves("c") == ["*{3B}"]
