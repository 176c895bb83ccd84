"""One interface's reservations from request to plan: admission, slack, and what stays as it was."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.intserv.services import understood
from p4rsvp.intserv.traffic_control import TrafficControl
from p4rsvp.wire.adspec import ErrorTerms
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec
from tests.intserv.strategies import controlled_loads, guaranteed, tspecs

# 100,000 bytes/s for guaranteed service; with m = 100 a byte of IP takes 1.38 bytes on the wire.
LINK = LinkConfig(
    rate_bytes_per_s=1_250_000,
    mtu_bytes=1500,
    guaranteed=ClassLimit(100_000, 50_000),
    controlled_load=ClassLimit(1_000_000, 100_000),
    best_effort_rate_bytes_per_s=125_000,
    control_rate_bytes_per_s=62_500,
    control_burst_bytes=3_000,
)
FLOW = Tspec(10_000.0, 6000.0, 30_000.0, 100, 1000)
VOICE = Flowspec(Service.GUARANTEED, FLOW, Rspec(50_000.0, 0))
UPSTREAM = ErrorTerms(3999, 0, 0, 0)


@pytest.fixture
def control() -> TrafficControl[str]:
    return TrafficControl(LINK)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_reservation_that_fits_goes_on_unchanged(control: TrafficControl[str]) -> None:
    plan = control.add_flowspec("voice", VOICE, FLOW, NO_DISTORTION, entry=True)
    assert plan.forward == VOICE
    assert control.budget.demand("voice") == plan.demand
    assert plan.demand.rate_bytes_per_s == 69_000


@pytest.mark.rfc("2212", "Ordering and Merging")
def test_slack_lets_in_what_would_not_fit(control: TrafficControl[str]) -> None:
    control.add_flowspec("first", VOICE, FLOW, NO_DISTORTION, entry=True)
    # 31,000 of wire rate are free, or 22,463 bytes/s of IP. Going down from 50,000 takes
    # (6000 + 4000) * (1/22463 - 1/50000) = 245,176.5 us of slack.
    slack = replace(VOICE, rspec=Rspec(50_000.0, 300_000))
    plan = control.add_flowspec("second", slack, FLOW, UPSTREAM, entry=True)
    assert plan.forward.rspec == Rspec(22_463.0, 300_000 - 245_177)
    assert control.budget.rate_bytes_per_s() == 69_000 + 30_999


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_a_refresh_is_given_the_same_slack_again(control: TrafficControl[str]) -> None:
    control.add_flowspec("first", VOICE, FLOW, NO_DISTORTION, entry=True)
    slack = replace(VOICE, rspec=Rspec(50_000.0, 300_000))
    plan = control.add_flowspec("second", slack, FLOW, UPSTREAM, entry=True)
    control.delete_flowspec("first")  # now all of it would fit
    assert control.add_flowspec("second", slack, FLOW, UPSTREAM, entry=True) == plan
    changed = replace(VOICE, rspec=Rspec(50_000.0, 299_999))
    plan = control.add_flowspec("second", changed, FLOW, UPSTREAM, entry=True)
    assert plan.forward == changed


@pytest.mark.rfc("2205", "3.5")
def test_too_little_slack_is_refused_and_leaves_what_was(control: TrafficControl[str]) -> None:
    control.add_flowspec("first", VOICE, FLOW, NO_DISTORTION, entry=True)
    small = replace(VOICE, rspec=Rspec(10_000.0, 0))
    held = control.add_flowspec("second", small, FLOW, UPSTREAM, entry=True).demand
    greedy = replace(VOICE, rspec=Rspec(50_000.0, 200_000))
    with pytest.raises(Refused) as caught:
        control.add_flowspec("second", greedy, FLOW, UPSTREAM, entry=True)
    assert (caught.value.code, caught.value.value) == (1, 2)
    assert control.budget.demand("second") == held


@pytest.mark.rfc("2205", "B")
def test_an_unknown_service_is_refused(control: TrafficControl[str]) -> None:
    unknown = OpaqueFlowspec(bytes.fromhex("00000001 06000000"))
    with pytest.raises(Refused, match="service 6"):
        control.add_flowspec("null", understood(unknown), FLOW, NO_DISTORTION, entry=True)


@given(st.lists(st.tuples(guaranteed() | controlled_loads(), tspecs()), max_size=5))
def test_whatever_is_asked_the_link_is_never_over_admitted_and_gets_all_of_it_back(
    requests: list[tuple[Flowspec, Tspec]],
) -> None:
    control: TrafficControl[int] = TrafficControl(LINK)
    for key, (flowspec, path_te) in enumerate(requests):
        with suppress(Refused):
            control.add_flowspec(key, flowspec, path_te, NO_DISTORTION, entry=True)
        assert control.budget.rate_bytes_per_s() <= LINK.reservable_rate_bytes_per_s
    for key in range(len(requests)):
        control.delete_flowspec(key)
    assert control.budget.rate_bytes_per_s() == 0


@pytest.mark.rfc("2205", "3.11.2")
def test_a_refusal_says_what_was_charged_and_for_packets_of_which_size(
    control: TrafficControl[str],
) -> None:
    dear = replace(FLOW, token_rate_bytes_per_s=900_000.0, peak_rate_bytes_per_s=900_000.0)
    wanted = Flowspec(Service.CONTROLLED_LOAD, dear)
    with pytest.raises(
        Refused,
        match=r"reservable rate: 1242000 wanted, 1062500 free; "
        r"900000 bytes/s in packets of 100 bytes \(m\) and more may take 1242000 bytes/s",
    ):
        control.add_flowspec("dear", wanted, dear, NO_DISTORTION, entry=True)
