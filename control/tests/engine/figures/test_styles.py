"""RFC 2205 1.4: the router of figure 4, style by style, message by message."""

from __future__ import annotations

from itertools import permutations

import pytest

from .router import figure_4

RECEIVED = {
    "figure 5, WF": [
        ("c", "R1", "WF( *{4B} )"),
        ("d", "R2", "WF( *{3B} )"),
        ("d", "R3", "WF( *{2B} )"),
    ],
    "figure 6, FF": [
        ("c", "R1", "FF( S1{4B}, S2{5B} )"),
        ("d", "R2", "FF( S1{3B}, S3{B} )"),
        ("d", "R3", "FF( S1{B} )"),
    ],
    "figure 7, SE": [
        ("c", "R1", "SE( (S1,S2){B} )"),
        ("d", "R2", "SE( (S1,S3){3B} )"),
        ("d", "R3", "SE( S2{2B} )"),
    ],
}
EXPECTED = {
    "figure 5, WF": (["*{4B}"], ["*{3B}"], "WF( *{4B} )", "WF( *{4B} )"),
    "figure 6, FF": (
        ["S1{4B}", "S2{5B}"],
        ["S1{3B}", "S3{B}"],
        "FF( S1{4B} )",
        "FF( S2{5B}, S3{B} )",
    ),
    "figure 7, SE": (["(S1,S2){B}"], ["(S1,S2,S3){3B}"], "SE( S1{3B} )", "SE( (S2,S3){3B} )"),
}


@pytest.mark.rfc("2205", "1.4")
@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("figure", list(RECEIVED))
def test_reserves_and_sends_what_the_figure_shows_in_whatever_order_requests_come(
    figure: str, order: tuple[int, ...]
) -> None:
    router = figure_4()
    for index in order:
        router.resv(*RECEIVED[figure][index])
    on_c, on_d, to_a, to_b = EXPECTED[figure]
    assert router.reserves("c") == on_c
    assert router.reserves("d") == on_d
    assert router.sends("a") == to_a
    assert router.sends("b") == to_b


@pytest.mark.rfc("2205", "1.4")
def test_figure_8_forwards_a_wildcard_request_only_where_senders_route_to_its_interface() -> None:
    router = figure_4(partial=True)
    router.resv("c", "R1", "WF( *{4B} )")
    assert router.news("a") == ["RESV WF( *{4B} )"]
    assert router.news("b") == []
    router.resv("d", "R2", "WF( *{3B} )")
    router.resv("d", "R3", "WF( *{2B} )")
    assert router.reserves("c") == ["*{4B}"]
    assert router.reserves("d") == ["*{3B}"]
    assert router.news("a") == []
    assert router.news("b") == ["RESV WF( *{3B} )"]


@pytest.mark.rfc("2205", "1.4")
def test_two_next_hops_on_one_lan_share_what_is_reserved_on_its_interface() -> None:
    router = figure_4()
    router.resv("d", "R3", "WF( *{2B} )")
    assert router.reserves("d") == ["*{2B}"]
    router.resv("d", "R2", "WF( *{3B} )")
    assert router.reserves("d") == ["*{3B}"]
    router.resv_tear("d", "R2", "WF( * )")
    assert router.reserves("d") == ["*{2B}"]
    assert router.sends("a") == "WF( *{2B} )"


@pytest.mark.rfc("2205", "2.2")
def test_a_request_that_merging_hides_is_not_forwarded() -> None:
    router = figure_4()
    router.resv("c", "R1", "WF( *{4B} )")
    router.quiet()
    router.resv("d", "R2", "WF( *{3B} )")
    router.resv("d", "R3", "WF( *{2B} )")
    assert router.news("a") == []
    assert router.news("b") == []


@pytest.mark.rfc("2205", "1.4")
def test_flow_descriptors_of_different_interfaces_are_packed_for_one_previous_hop() -> None:
    router = figure_4()
    router.resv("c", "R1", "FF( S1{4B}, S2{5B} )")
    router.quiet()
    router.resv("d", "R2", "FF( S1{3B}, S3{B} )")
    assert router.news("a") == []
    assert router.news("b")[-1] == "RESV FF( S2{5B}, S3{B} )"
