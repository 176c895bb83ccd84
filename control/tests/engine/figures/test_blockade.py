"""RFC 2205 3.5, figure 12: a blockaded request does not hide a smaller one."""

from __future__ import annotations

import pytest

from tests.engine.rig import TIMER_MS

from .router import REFRESH_MS, Router


def figure_12() -> Router:
    router = Router("abcd")
    router.routes("S1", "a", "cd")
    router.routes("S2", "b", "cd")
    router.resv("c", "R1", "WF( *{4B} )")
    router.admission_fails_upstream("a", "WF( *{4B} )")
    router.quiet()
    router.resv("d", "R2", "WF( *{2B} )")
    return router


@pytest.mark.rfc("2205", "3.5")
def test_figure_12_sends_the_smaller_request_where_the_larger_has_failed() -> None:
    router = figure_12()
    assert router.reserves("c") == ["*{4B}"]
    assert router.reserves("d") == ["*{2B}"]
    assert router.news("a") == ["RESV WF( *{2B} )"]
    assert router.news("b") == []


@pytest.mark.rfc("2205", "3.5")
def test_the_blockade_ends_after_kb_refresh_periods_and_the_larger_request_is_tried_again() -> None:
    router = figure_12()
    router.wait(2 * REFRESH_MS - 1)
    assert "RESV WF( *{4B} )" not in router.news("a")
    router.wait(1 + TIMER_MS)
    assert "RESV WF( *{4B} )" in router.news("a")


@pytest.mark.rfc("2205", "3.5")
def test_the_error_goes_to_all_who_reserve_unless_something_is_in_place() -> None:
    router = Router("abcd")
    router.routes("S1", "a", "cd")
    router.resv("c", "R1", "WF( *{4B} )")
    router.resv("d", "R2", "WF( *{2B} )")
    router.quiet()
    router.admission_fails_upstream("a", "WF( *{4B} )")
    assert router.news("c", "R1") == ["RESV_ERR WF( *{4B} )"]
    assert router.news("d", "R2") == ["RESV_ERR WF( *{4B} )"]


@pytest.mark.rfc("2205", "3.5")
def test_with_a_reservation_in_place_only_the_blockaded_are_told() -> None:
    router = Router("abcd")
    router.routes("S1", "a", "cd")
    router.resv("c", "R1", "WF( *{4B} )")
    router.resv("d", "R2", "WF( *{2B} )")
    router.quiet()
    router.admission_fails_upstream("a", "WF( *{4B} )", in_place=True)
    assert router.news("c", "R1") == ["RESV_ERR WF( *{4B} )"]
    assert router.news("d", "R2") == []


@pytest.mark.rfc("2205", "3.5")
def test_with_every_request_blockaded_the_smallest_is_sent() -> None:
    router = Router("abcd")
    router.routes("S1", "a", "cd")
    router.resv("c", "R1", "WF( *{4B} )")
    router.resv("d", "R2", "WF( *{2B} )")
    router.quiet()
    router.admission_fails_upstream("a", "WF( *{B} )")
    router.wait(REFRESH_MS * 3 // 2)
    assert router.sends("a") == "WF( *{2B} )"
