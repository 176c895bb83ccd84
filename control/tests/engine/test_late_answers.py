"""Data planes that answer late or refuse, and what has happened meanwhile (RFC 2205 3.1.8, 3.5)."""

from __future__ import annotations

import pytest

from .figures.router import REFRESH_MS, Router, figure_4
from .rig import TIMER_MS

LIFETIME_MS = REFRESH_MS * 21 // 4
TOO_MUCH = "20000B"  # no link here has as much


@pytest.mark.rfc("2205", "3.11.2")
def test_what_is_wanted_again_while_it_goes_is_installed_again_and_can_go_again() -> None:
    router = figure_4()
    router.resv("c", "R1", "WF( *{2B} )")
    router.hold_answers()
    router.resv_tear("c", "R1", "WF( * )")
    router.resv("c", "R1", "WF( *{3B} )")
    router.answer()
    assert router.reserves("c") == ["*{3B}"]
    router.resv_tear("c", "R1", "WF( * )")
    assert router.reserves("c") == []


@pytest.mark.rfc("2205", "3.7")
def test_a_flow_that_is_accepted_after_one_that_is_refused_times_out_like_any_other() -> None:
    router = figure_4()
    router.resv("c", "R1", f"FF( S1{{{TOO_MUCH}}}, S2{{2B}} )")
    assert router.reserves("c") == ["S2{2B}"]
    _wait_with_paths(router)
    assert router.reserves("c") == []


@pytest.mark.rfc("2205", "3.1.6")
def test_a_refused_increase_does_not_bring_back_a_sender_that_was_torn_down_meanwhile() -> None:
    router = figure_4()
    router.resv("c", "R1", "SE( (S1,S2){B} )")
    router.hold_answers()
    router.resv("c", "R1", "SE( (S1,S2){2B} )")
    router.resv_tear("c", "R1", "SE( S1 )")
    router.answer(refuse=True)
    assert router.reserves("c") == ["S2{B}"]
    _wait_with_paths(router)
    assert router.reserves("c") == []


@pytest.mark.rfc("2205", "3.1.6")
def test_a_refused_addition_leaves_nothing_where_all_before_was_torn_down_meanwhile() -> None:
    router = figure_4()
    router.resv("c", "R1", "SE( S1{B} )")
    router.hold_answers()
    router.resv("c", "R1", "SE( S2{B} )")
    router.resv_tear("c", "R1", "SE( S1 )")
    router.answer(refuse=True)
    assert router.reserves("c") == []


@pytest.mark.rfc("2209", "2")
def test_a_sender_that_makes_a_request_too_large_ends_it_before_the_data_plane_has_answered() -> (
    None
):
    router = Router("ac")
    router.routes("S1", "a", "c", multiple=1)
    router.hold_answers()
    router.resv("c", "R1", f"WF( *{{{TOO_MUCH}}} )")
    router.routes("S2", "a", "c")
    assert router.news("c", "R1") == [f"RESV_ERR WF( *{{{TOO_MUCH}}} )"]
    router.answer()
    assert router.reserves("c") == []


def _wait_with_paths(router: Router) -> None:
    """Let a reservation's lifetime pass while path state is refreshed."""
    for _ in range(6):
        router.wait(LIFETIME_MS // 6 + TIMER_MS)
        router.path("S1", "a")
        router.path("S2", "b")
