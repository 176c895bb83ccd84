"""RFC 2205 3.1.6: what a ResvTear does in figure 6, in its three cases; 2.4 for figure 7."""

from __future__ import annotations

import pytest

from .router import Router, figure_4


def figure_6() -> Router:
    router = figure_4()
    router.resv("c", "R1", "FF( S1{4B}, S2{5B} )")
    router.resv("d", "R2", "FF( S1{3B}, S3{B} )")
    router.resv("d", "R3", "FF( S1{B} )")
    router.quiet()
    return router


@pytest.mark.rfc("2205", "3.1.6")
def test_a_reservation_that_nobody_else_wants_is_torn_down_upstream() -> None:
    router = figure_6()
    router.resv_tear("d", "R2", "FF( S3 )")
    assert router.reserves("d") == ["S1{3B}"]
    assert router.news("b") == ["RESV_TEAR FF( S3 )"]
    assert router.news("a") == []


@pytest.mark.rfc("2205", "3.1.6")
def test_where_a_smaller_reservation_is_left_a_modified_resv_goes_upstream() -> None:
    router = figure_6()
    router.resv_tear("c", "R1", "FF( S1 )")
    assert router.reserves("c") == ["S2{5B}"]
    assert router.news("a") == ["RESV FF( S1{3B} )"]
    assert router.news("b") == []


@pytest.mark.rfc("2205", "3.1.6")
def test_where_a_larger_reservation_is_left_nothing_goes_upstream() -> None:
    router = figure_6()
    router.resv_tear("d", "R3", "FF( S1 )")
    assert router.reserves("d") == ["S1{3B}", "S3{B}"]
    assert router.silence()


@pytest.mark.rfc("2205", "2.4")
def test_a_tear_may_name_some_of_the_senders_that_share_a_reservation() -> None:
    router = figure_4()
    router.resv("c", "R1", "SE( (S1,S2){B} )")
    router.quiet()
    router.resv_tear("c", "R1", "SE( S2 )")
    assert router.reserves("c") == ["S1{B}"]
    assert router.news("b") == ["RESV_TEAR SE( S2 )"]
    assert router.news("a") == []


@pytest.mark.rfc("2205", "2.4")
@pytest.mark.parametrize("style", ["WF( *{2B} )", "FF( S1{2B}, S2{2B} )", "SE( (S1,S2){2B} )"])
def test_the_last_tear_leaves_nothing_behind(style: str) -> None:
    router = figure_4()
    router.resv("c", "R1", style)
    router.resv("d", "R2", style)
    router.resv_tear("c", "R1", style)
    router.quiet()
    router.resv_tear("d", "R2", style)
    assert router.reserves("c") == router.reserves("d") == []
    for letter in "ab":
        (news,) = router.news(letter)
        assert news.startswith("RESV_TEAR")
    router.wait(30_000)
    assert router.news("a") == router.news("b") == []


@pytest.mark.rfc("2205", "3.1.5")
def test_a_path_tear_hides_nothing_from_other_previous_hops() -> None:
    router = figure_4()
    router.resv("c", "R1", "SE( (S1,S2){2B} )")
    router.hold_answers()
    router.resv_tear("c", "R1", "SE( S2 )")
    router.path_tear("S1", "a")
    router.answer()
    assert "RESV_TEAR SE( S2 )" in router.news("b")
    assert "RESV_TEAR SE( S1 )" not in router.news("a")


@pytest.mark.rfc("2205", "3.1.6")
def test_a_tear_goes_upstream_before_the_data_plane_has_answered() -> None:
    router = figure_4()
    router.resv("c", "R1", "SE( (S1,S2){2B} )")
    router.quiet()
    router.hold_answers()
    router.resv_tear("c", "R1", "SE( S2 )")
    assert router.news("b") == ["RESV_TEAR SE( S2 )"]
