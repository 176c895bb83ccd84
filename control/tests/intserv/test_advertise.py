"""The ADSPEC, hop by hop: RFC 2210 3.3, RFC 2215 3."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv.advertise import (
    OPEN_PATH,
    WORD_MAX,
    GuaranteedHop,
    Hop,
    advance,
    distortion,
    view,
)
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.intserv.single import single
from p4rsvp.wire.adspec import (
    NO_OVERRIDES,
    Adspec,
    ControlledLoadFragment,
    ErrorTerms,
    GeneralFragment,
    GuaranteedFragment,
    OpaqueFragment,
    Overrides,
    decode_adspec,
)
from p4rsvp.wire.intserv import Parameter, Service

HOP = Hop(125_000.0, 100, 1500, GuaranteedHop(1500, 200), NO_OVERRIDES)
ARRIVING = Adspec(
    GeneralFragment(2, 1_250_000.0, 50, 9000),
    GuaranteedFragment(ErrorTerms(1000, 10, 500, 5)),
    ControlledLoadFragment(),
)


def guaranteed(adspec: Adspec) -> GuaranteedFragment:
    assert adspec.guaranteed is not None
    return adspec.guaranteed


def load(adspec: Adspec) -> ControlledLoadFragment:
    assert adspec.controlled_load is not None
    return adspec.controlled_load


def terms(adspec: Adspec) -> ErrorTerms:
    found = guaranteed(adspec).terms
    assert found is not None
    return found


bandwidths = st.floats(0, 2.0**60).map(single)
words = st.integers(0, WORD_MAX)
hop_overrides = st.just(NO_OVERRIDES) | st.builds(
    Overrides, st.none(), st.none() | bandwidths, st.none() | words, st.none() | words
)
hops = st.builds(
    Hop,
    bandwidths,
    words,
    words,
    st.none()
    | st.builds(GuaranteedHop, st.integers(1, 2**28), st.integers(1, 2**28), hop_overrides),
    st.none() | hop_overrides,
)
gaps = st.booleans()


@pytest.mark.rfc("2210", "3.3.2")
def test_every_parameter_composes_by_its_own_rule() -> None:
    after = advance(ARRIVING, HOP)
    assert after.general == GeneralFragment(3, 125_000.0, 150, 1500)
    assert after.guaranteed == GuaranteedFragment(ErrorTerms(2500, 210, 2000, 205))
    assert after.controlled_load == ControlledLoadFragment()


@pytest.mark.rfc("2215", "3.1")
def test_a_non_rsvp_hop_sets_the_global_break_bit_and_it_stays() -> None:
    after = advance(advance(ARRIVING, HOP, behind_non_rsvp_hop=True), HOP)
    assert after.general.break_bit
    assert view(after, Service.GUARANTEED).is_broken
    assert view(after, Service.CONTROLLED_LOAD).is_broken


@pytest.mark.rfc("2210", "3.3.3")
def test_an_element_without_a_service_sets_its_break_bit_and_touches_nothing_else() -> None:
    after = advance(ARRIVING, replace(HOP, guaranteed=None, controlled_load=None))
    assert after.guaranteed == replace(guaranteed(ARRIVING), break_bit=True)
    assert after.controlled_load == ControlledLoadFragment(break_bit=True)
    assert not after.general.break_bit


@pytest.mark.rfc("2210", "3.3")
def test_a_service_that_the_sender_left_out_stays_out() -> None:
    after = advance(Adspec(ARRIVING.general), HOP)
    assert after.guaranteed is None
    assert after.controlled_load is None
    assert not view(after, Service.GUARANTEED).is_offered


@pytest.mark.rfc("2210", "3.3")
def test_an_unknown_service_is_marked_as_broken_and_kept() -> None:
    unknown = OpaqueFragment(7, break_bit=False, data=bytes(8))
    after = advance(replace(ARRIVING, others=(unknown,)), HOP)
    assert after.others == (replace(unknown, break_bit=True),)


@pytest.mark.rfc("2210", "3.3.3")
def test_an_empty_guaranteed_fragment_is_filled_and_its_break_bit_kept() -> None:
    empty = replace(ARRIVING, guaranteed=GuaranteedFragment(None, break_bit=True))
    expected = GuaranteedFragment(ErrorTerms(1500, 200, 1500, 200), break_bit=True)
    assert advance(empty, HOP).guaranteed == expected


@pytest.mark.rfc("2212", "Exported Information")
def test_a_reshaping_element_starts_the_partial_sums_anew() -> None:
    after = advance(ARRIVING, replace(HOP, guaranteed=GuaranteedHop(1500, 200, reshapes=True)))
    assert terms(after) == ErrorTerms(2500, 210, 1500, 200)


@pytest.mark.rfc("2212", "Exported Information")
def test_error_terms_stop_at_their_largest_value() -> None:
    full = GuaranteedFragment(ErrorTerms(WORD_MAX, WORD_MAX - 1, WORD_MAX, WORD_MAX - 1))
    after = advance(replace(ARRIVING, guaranteed=full), HOP)
    assert terms(after) == ErrorTerms(WORD_MAX, WORD_MAX, WORD_MAX, WORD_MAX)


@pytest.mark.rfc("2215", "3.4")
@pytest.mark.parametrize(("arriving", "local"), [(WORD_MAX, 1), (1, WORD_MAX), (WORD_MAX - 1, 1)])
def test_an_indeterminate_latency_makes_the_sum_indeterminate(arriving: int, local: int) -> None:
    general = replace(ARRIVING.general, min_path_latency_us=arriving)
    after = advance(replace(ARRIVING, general=general), replace(HOP, latency_us=local))
    assert view(after, Service.GUARANTEED).min_latency_us is None


@pytest.mark.rfc("2215", "3.3")
def test_an_unknown_bandwidth_stays_unknown() -> None:
    after = advance(advance(ARRIVING, replace(HOP, bandwidth_bytes_per_s=0.0)), HOP)
    assert after.general.path_bandwidth_bytes_per_s == 0


@pytest.mark.rfc("2215", "2")
def test_a_local_override_is_added_and_composed_with_the_arriving_default() -> None:
    hop = replace(HOP, controlled_load=Overrides(path_mtu_bytes=250, min_path_latency_us=7))
    after = advance(ARRIVING, hop)
    assert load(after).overrides == Overrides(min_path_latency_us=57, path_mtu_bytes=250)
    assert after.general.path_mtu_bytes == 1500
    assert view(after, Service.CONTROLLED_LOAD).mtu_bytes == 250
    assert view(after, Service.GUARANTEED).mtu_bytes == 1500


@pytest.mark.rfc("2215", "2")
def test_an_arriving_override_is_composed_with_the_local_default() -> None:
    overrides = Overrides(1, 99_000.0, 20, 300)
    fragment = ControlledLoadFragment(overrides=overrides)
    after = advance(replace(ARRIVING, controlled_load=fragment), HOP)
    assert load(after).overrides == Overrides(2, 99_000.0, 120, 300)


@pytest.mark.rfc("2210", "3.3.5")
def test_two_overrides_compose_with_each_other() -> None:
    fragment = GuaranteedFragment(ErrorTerms(0, 0, 0, 0), overrides=Overrides(path_mtu_bytes=300))
    hop = replace(
        HOP, guaranteed=GuaranteedHop(1, 1, Overrides(1, 50_000.0, None, 280)), mtu_bytes=100
    )
    after = advance(replace(ARRIVING, guaranteed=fragment), hop)
    assert guaranteed(after).overrides == Overrides(None, 50_000.0, None, 280)


@pytest.mark.rfc("2210", "3.3")
def test_unknown_parameters_pass_unchanged() -> None:
    unknown = (Parameter(20, bytes(4)),)
    adspec = replace(
        ARRIVING,
        general=replace(ARRIVING.general, unknown=unknown),
        controlled_load=ControlledLoadFragment(overrides=Overrides(unknown=unknown)),
    )
    after = advance(adspec, HOP)
    assert after.general.unknown == unknown
    assert load(after).overrides.unknown == unknown


@pytest.mark.rfc("2212", "Policing")
def test_the_distortion_of_a_shared_reservation_covers_all_its_senders() -> None:
    other = replace(ARRIVING, guaranteed=GuaranteedFragment(ErrorTerms(900, 30, 300, 20)))
    silent = Adspec(ARRIVING.general)
    assert distortion([ARRIVING, other, silent, None]) == ErrorTerms(1000, 30, 800, 20)
    assert distortion([silent, None]) == NO_DISTORTION


@pytest.mark.rfc("2215", "2")
@given(st.lists(st.tuples(hops, gaps), min_size=1, max_size=6))
def test_a_path_never_looks_better_than_it_did_a_hop_before(path: list[tuple[Hop, bool]]) -> None:
    adspec = OPEN_PATH
    for hop, gap in path:
        after = advance(adspec, hop, behind_non_rsvp_hop=gap)
        for service in (Service.GUARANTEED, Service.CONTROLLED_LOAD):
            was, now = view(adspec, service), view(after, service)
            assert now.is_hops == was.is_hops + 1
            assert now.is_broken >= was.is_broken
            if now.is_broken:
                continue
            assert now.bandwidth_bytes_per_s <= was.bandwidth_bytes_per_s
            assert now.mtu_bytes <= was.mtu_bytes
            if now.min_latency_us is not None and was.min_latency_us is not None:
                assert now.min_latency_us >= was.min_latency_us
        assert terms(after).c_tot_bytes >= terms(adspec).c_tot_bytes
        assert terms(after).d_tot_us >= terms(adspec).d_tot_us
        adspec = after


@pytest.mark.rfc("2215", "2")
@given(st.lists(hops, max_size=5))
def test_a_service_sees_each_hop_as_that_hop_exports_it_for_the_service(path: list[Hop]) -> None:
    """What a receiver reads equals a computation from the hops themselves, with no ADSPEC."""
    adspec = OPEN_PATH
    for hop in path:
        adspec = advance(adspec, hop)
    seen = view(adspec, Service.GUARANTEED)
    exported = [(hop, hop.guaranteed) for hop in path if hop.guaranteed is not None]
    assert seen.is_broken == (len(exported) < len(path))
    if seen.is_broken:
        return
    mtus = [or_else(local.overrides.path_mtu_bytes, hop.mtu_bytes) for hop, local in exported]
    assert seen.mtu_bytes == min([WORD_MAX, *mtus])
    latencies = [
        or_else(local.overrides.min_path_latency_us, hop.latency_us) for hop, local in exported
    ]
    latency_us = sum(latencies)
    assert seen.min_latency_us == (latency_us if latency_us < WORD_MAX else None)
    assert terms(adspec).d_tot_us == sum(local.d_us for _, local in exported)


def or_else(value: int | None, default: int) -> int:
    return default if value is None else value


@given(st.lists(hops, min_size=1, max_size=4))
def test_what_a_hop_sends_survives_the_wire(path: list[Hop]) -> None:
    adspec = OPEN_PATH
    for hop in path:
        adspec = advance(adspec, hop)
    assert decode_adspec(adspec.body()) == adspec
