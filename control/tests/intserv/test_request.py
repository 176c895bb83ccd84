"""What a receiver asks for: RFC 2210 2.3, RFC 2212, Examples of Use."""

from dataclasses import replace

import pytest

from p4rsvp.intserv.advertise import OPEN_PATH, GuaranteedHop, Hop, advance
from p4rsvp.intserv.request import Unreachable, controlled_load_request, guaranteed_request
from p4rsvp.wire.adspec import Adspec, GuaranteedFragment, Overrides
from p4rsvp.wire.flowspec import Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec

FLOW = Tspec(10_000.0, 6000.0, 30_000.0, 64, 9000)
# Two hops: Ctot = 3000 bytes, Dtot = 5000 us, 200 us of latency; M is 1000.
FIRST = Hop(1e6, 150, 1500, GuaranteedHop(1000, 2000), Overrides(path_mtu_bytes=500))
LAST = Hop(1e6, 50, 1000, GuaranteedHop(2000, 3000), Overrides())
PATH = advance(advance(OPEN_PATH, FIRST), LAST)


@pytest.mark.rfc("2210", "2.3.2")
def test_the_largest_packet_is_what_the_service_carries_on_the_path() -> None:
    assert controlled_load_request(FLOW, PATH).tspec.max_packet_bytes == 500
    assert guaranteed_request(FLOW, PATH, 500_000).tspec.max_packet_bytes == 1000


@pytest.mark.rfc("2210", "2.3.2")
def test_the_minimum_policed_unit_never_exceeds_the_largest_packet() -> None:
    tspec = controlled_load_request(replace(FLOW, min_policed_bytes=800), PATH).tspec
    assert (tspec.min_policed_bytes, tspec.max_packet_bytes) == (500, 500)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_the_rate_meets_the_delay_that_is_left_after_the_latency() -> None:
    request = guaranteed_request(FLOW, PATH, 330_200)  # 330 ms of queueing want R = 20,000
    assert request.service is Service.GUARANTEED
    assert request.rspec == Rspec(20_000.0, 0)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_a_delay_shorter_than_the_path_takes_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="5200 us"):
        guaranteed_request(FLOW, PATH, 5200)


@pytest.mark.rfc("2210", "2.3.1")
def test_a_service_that_is_not_offered_or_broken_is_unreachable() -> None:
    bare = Adspec(PATH.general)
    with pytest.raises(Unreachable, match="does not offer controlled load"):
        controlled_load_request(FLOW, bare)
    broken = advance(PATH, replace(LAST, guaranteed=None))
    with pytest.raises(Unreachable, match="some hop"):
        guaranteed_request(FLOW, broken, 330_200)
    behind_a_gap = advance(PATH, LAST, behind_non_rsvp_hop=True)
    with pytest.raises(Unreachable, match="some hop"):
        controlled_load_request(FLOW, behind_a_gap)


@pytest.mark.rfc("2210", "3.3.3")
def test_an_empty_fragment_tells_too_little_for_guaranteed_service() -> None:
    empty = replace(PATH, guaranteed=GuaranteedFragment(terms=None))
    with pytest.raises(Unreachable, match="no hop has said"):
        guaranteed_request(FLOW, empty, 330_200)
