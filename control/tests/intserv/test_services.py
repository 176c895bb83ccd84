"""The calls of RFC 2205 3.11.6, over both services, without knowing either."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import permutations
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv import services
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.adspec import ErrorTerms
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec
from tests.intserv.strategies import controlled_loads, guaranteed, threes, tspecs

TSPEC = Tspec(1000.0, 3000.0, 2000.0, 100, 1500)
LOAD = Flowspec(Service.CONTROLLED_LOAD, TSPEC)
GUARANTEED = Flowspec(Service.GUARANTEED, TSPEC, Rspec(1500.0, 100))
Merge = Callable[[Iterable[services.AnyFlowspec]], services.AnyFlowspec]
UNKNOWN = OpaqueFlowspec(bytes.fromhex("00000001 06000000"))


def lub(flowspecs: list[Flowspec]) -> Flowspec:
    return services.understood(services.lub(flowspecs))


def glb(flowspecs: list[Flowspec]) -> Flowspec:
    return services.understood(services.glb(flowspecs))


@pytest.mark.rfc("2205", "3.11.6")
@given(threes())
def test_merging_is_commutative_associative_and_idempotent(flowspecs: list[Flowspec]) -> None:
    for operation in (services.lub, services.glb):
        assert len({operation(order) for order in permutations(flowspecs)}) == 1
        a, b, c = flowspecs
        assert operation([operation([a, b]), c]) == operation([a, operation([b, c])])
        assert operation([a, a]) == a


@pytest.mark.rfc("2205", "2.2")
@given(threes())
def test_the_lub_is_an_upper_bound_but_for_the_packet_size_which_is_the_smallest(
    flowspecs: list[Flowspec],
) -> None:
    bound = lub(flowspecs)
    smallest = min(flowspec.tspec.max_packet_bytes for flowspec in flowspecs)
    assert bound.tspec.max_packet_bytes == smallest
    for flowspec in flowspecs:
        tspec = replace(flowspec.tspec, max_packet_bytes=smallest)
        order = services.compare(bound, replace(flowspec, tspec=tspec))
        assert order in (Ordering.EQUAL, Ordering.GREATER)


@pytest.mark.rfc("2205", "3.5")
@given(threes())
def test_the_glb_is_a_lower_bound_where_a_legal_one_exists(flowspecs: list[Flowspec]) -> None:
    bound = glb(flowspecs)
    units = {flowspec.tspec.min_policed_bytes for flowspec in flowspecs}
    if max(units) <= bound.tspec.max_packet_bytes:
        for flowspec in flowspecs:
            assert services.compare(bound, flowspec) in (Ordering.EQUAL, Ordering.LESS)


@pytest.mark.rfc("2212", "Ordering and Merging")
@given(guaranteed(), guaranteed())
def test_a_bound_of_sound_flowspecs_is_sound(a: Flowspec, b: Flowspec) -> None:
    assert services.understood(services.lub([a, b]))
    assert services.understood(services.glb([a, b]))


@pytest.mark.rfc("2212", "Ordering and Merging")
def test_a_guaranteed_merge_takes_the_largest_rate_and_the_smallest_slack() -> None:
    other = replace(GUARANTEED, rspec=Rspec(1200.0, 50))
    assert lub([GUARANTEED, other]).rspec == Rspec(1500.0, 50)
    assert glb([GUARANTEED, other]).rspec == Rspec(1200.0, 100)
    assert services.compare(GUARANTEED, other) is Ordering.INCOMPARABLE


@pytest.mark.rfc("2212", "Ordering and Merging")
def test_less_slack_is_a_greater_request() -> None:
    tighter = replace(GUARANTEED, rspec=Rspec(1500.0, 0))
    assert services.compare(tighter, GUARANTEED) is Ordering.GREATER


@pytest.mark.rfc("2210", "2.2")
@pytest.mark.parametrize("operation", [services.lub, services.glb])
@pytest.mark.parametrize("other", [LOAD, UNKNOWN])
def test_different_services_do_not_merge(operation: Merge, other: services.AnyFlowspec) -> None:
    assert services.compare(GUARANTEED, other) is Ordering.INCOMPATIBLE
    with pytest.raises(Refused, match="does not merge") as caught:
        operation([GUARANTEED, other])
    assert (caught.value.code, caught.value.value) == (21, 1)


@pytest.mark.rfc("2205", "B")
def test_an_unknown_service_is_unsupported_and_named() -> None:
    assert services.compare(UNKNOWN, UNKNOWN) is Ordering.EQUAL
    assert services.lub([UNKNOWN, UNKNOWN]) == UNKNOWN
    with pytest.raises(Refused, match="service 6 is not supported") as caught:
        services.understood(UNKNOWN)
    assert (caught.value.code, caught.value.value) == (21, 2)


@pytest.mark.rfc("2212", "Invocation Information")
@pytest.mark.parametrize(
    "flowspec",
    [
        replace(GUARANTEED, rspec=Rspec(999.0, 0)),
        replace(GUARANTEED, rspec=Rspec(5e13, 0)),
        replace(GUARANTEED, tspec=replace(TSPEC, peak_rate_bytes_per_s=999.0)),
        replace(LOAD, tspec=replace(TSPEC, token_rate_bytes_per_s=0.0)),
    ],
)
def test_an_unreasonable_request_is_a_bad_flowspec(flowspec: Flowspec) -> None:
    with pytest.raises(Refused) as caught:
        services.understood(flowspec)
    assert (caught.value.code, caught.value.value) == (21, 3)


@pytest.mark.rfc("2211", "5")
def test_controlled_load_does_not_look_at_the_peak_rate() -> None:
    flowspec = replace(LOAD, tspec=replace(TSPEC, peak_rate_bytes_per_s=0.0))
    assert services.understood(flowspec) == flowspec


@pytest.mark.rfc("2205", "B")
def test_an_unreasonable_sender_tspec_is_a_bad_tspec() -> None:
    assert services.sound(TSPEC) == TSPEC
    with pytest.raises(Refused) as caught:
        services.sound(replace(TSPEC, bucket_bytes=0.0))
    assert (caught.value.code, caught.value.value) == (21, 4)


@pytest.mark.rfc("2210", "2.3.2")
def test_what_is_installed_is_the_minimum_of_request_and_senders() -> None:
    path_te = Tspec(800.0, 2000.0, 1500.0, 100, 1000)
    assert services.effective(LOAD, path_te).tspec == path_te
    assert services.effective(GUARANTEED, path_te) == replace(GUARANTEED, tspec=path_te)


@pytest.mark.rfc("2205", "2.2")
@given(guaranteed() | controlled_loads(), tspecs())
def test_what_is_installed_asks_for_no_more_rate_than_either(
    flowspec: Flowspec, path_te: Tspec
) -> None:
    installed = services.effective(flowspec, path_te).tspec
    assert installed.token_rate_bytes_per_s == min(
        flowspec.tspec.token_rate_bytes_per_s, path_te.token_rate_bytes_per_s
    )
    assert installed.max_packet_bytes == min(
        flowspec.tspec.max_packet_bytes, path_te.max_packet_bytes
    )


@pytest.mark.rfc("2212", "Policing")
def test_guaranteed_bursts_grow_by_what_the_path_may_have_added() -> None:
    upstream = ErrorTerms(9999, 9999, 500, 2_000_000)  # 2 s at r = 1000 bytes/s
    policed = services.envelope(GUARANTEED, upstream, entry=False)
    assert policed.rate_bytes_per_s == 1500.0
    assert policed.tspec.bucket_bytes == 3000 + 500 + 2000
    assert policed.tspec.peak_rate_bytes_per_s == inf


@pytest.mark.rfc("2212", "Policing")
def test_undistorted_guaranteed_traffic_is_policed_to_its_tspec() -> None:
    assert services.envelope(GUARANTEED, NO_DISTORTION, entry=True).tspec == TSPEC


@pytest.mark.rfc("2211", "7")
def test_controlled_load_is_exact_at_the_entry_and_tolerant_inside() -> None:
    at_entry = services.envelope(LOAD, NO_DISTORTION, entry=True)
    inside = services.envelope(LOAD, NO_DISTORTION, entry=False)
    assert at_entry.tspec == replace(TSPEC, peak_rate_bytes_per_s=inf)
    assert inside.tspec.bucket_bytes == 3750
    assert at_entry.rate_bytes_per_s == inside.rate_bytes_per_s == 1000


@given(st.sampled_from((LOAD, GUARANTEED)))
def test_a_single_flowspec_is_its_own_bound(flowspec: Flowspec) -> None:
    assert services.lub([flowspec]) == services.glb([flowspec]) == flowspec
