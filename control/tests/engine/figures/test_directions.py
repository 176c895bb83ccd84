"""RFC 2205 2.3, figure 10, and 3.4, figure 11: senders and receivers on every interface."""

from __future__ import annotations

import pytest

from .router import Router


@pytest.mark.rfc("2205", "2.3")
def test_figure_10_reserves_independently_in_the_two_directions() -> None:
    router = Router("ac")
    router.routes("S1", "a", "c")
    router.routes("S2", "c", "a")
    router.resv("c", "R2", "WF( *{3B} )")
    router.resv("a", "R1", "WF( *{4B} )")
    assert router.sends("a") == "WF( *{3B} )"
    assert router.sends("c") == "WF( *{4B} )"
    assert router.reserves("a") == ["*{4B}"]
    assert router.reserves("c") == ["*{3B}"]


@pytest.mark.rfc("2205", "2.3")
def test_a_request_is_never_forwarded_by_the_interface_that_it_came_from() -> None:
    router = Router("ac")
    router.routes("S1", "a", "c")
    router.routes("S2", "c", "a")
    router.quiet()
    router.resv("c", "R2", "WF( *{3B} )")
    assert router.news("a") == ["RESV WF( *{3B} )"]
    assert router.news("c") == []


def figure_11() -> Router:
    router = Router("abc")
    router.routes("S4", "a", "bc")
    router.routes("S1", "b", "ac")
    router.routes("S2,S3", "c", "ab")
    return router


@pytest.mark.rfc("2205", "3.4")
def test_figure_11_splits_scopes_among_previous_hops_and_unites_those_of_next_hops() -> None:
    router = figure_11()
    router.resv("c", "R2", "WF( *{B} )", "[S4, S1]")
    router.resv("a", "R4", "WF( *{B} )", "[S1, S2, S3]")
    router.resv("b", "R1", "WF( *{B} )", "[S2, S3, S4]")
    assert router.scope("a") == "[S4]"
    assert router.scope("b") == "[S1]"
    assert router.scope("c") == "[S2, S3]"


@pytest.mark.rfc("2205", "3.4")
def test_a_request_without_a_scope_counts_as_one_for_all_senders_that_route_there() -> None:
    router = figure_11()
    router.resv("c", "R2", "WF( *{B} )")
    assert router.scope("a") == "[S4]"
    assert router.scope("b") == "[S1]"


@pytest.mark.rfc("2205", "3.4")
def test_a_request_is_not_forwarded_where_its_scope_would_be_empty() -> None:
    router = figure_11()
    router.quiet()
    router.resv("c", "R2", "WF( *{B} )", "[S4]")
    assert router.scope("a") == "[S4]"
    assert router.news("b") == []


@pytest.mark.rfc("2205", "3.4")
def test_a_request_adds_nothing_to_what_is_asked_of_senders_beyond_its_scope() -> None:
    router = Router("abcd")
    router.routes("S1", "a", "cd")
    router.routes("S2", "b", "cd")
    router.resv("c", "R1", "WF( *{4B} )", "[S1]")
    router.resv("d", "R2", "WF( *{2B} )", "[S1, S2]")
    assert router.sends("a") == "WF( *{4B} )"
    assert router.sends("b") == "WF( *{2B} )"


@pytest.mark.rfc("2205", "3.1.5")
def test_a_request_ends_with_the_last_sender_in_its_scope() -> None:
    router = Router("abc")
    router.routes("S1", "a", "c")
    router.routes("S2", "b", "c")
    router.resv("c", "R1", "WF( *{4B} )", "[S1]")
    router.path_tear("S1", "a")
    assert router.reserves("c") == []


@pytest.mark.rfc("2205", "3.4")
def test_a_scope_waits_for_a_node_with_more_than_one_previous_hop() -> None:
    router = Router("ac")
    router.routes("S1,S2", "a", "c")
    router.resv("c", "R1", "WF( *{B} )")
    assert router.scope("a") == ""
