"""SENDER_TSPEC, FLOWSPEC and ADSPEC: the layouts of RFC 2210 3, the form of its appendix 1."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from struct import pack
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.wire import adspec as adspec_module
from p4rsvp.wire.adspec import (
    Adspec,
    ControlledLoadFragment,
    ErrorTerms,
    GeneralFragment,
    GuaranteedFragment,
    OpaqueFragment,
    Overrides,
    decode_adspec,
)
from p4rsvp.wire.chain import split_objects
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec, Rspec, decode_flowspec
from p4rsvp.wire.intserv import Parameter, Service
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.tspec import NullTspec, OpaqueTspec, SenderTspec, Tspec, decode_sender_tspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from p4rsvp.wire.chain import split_objects
    from p4rsvp.wire.objects import WireObject
from tests.captures import capture

words = st.integers(0, 2**32 - 1)
amounts = st.floats(0, 2.0**126, width=32).map(abs)
peaks = amounts | st.just(inf)
tspecs = st.builds(Tspec, amounts, amounts, peaks, words, words)
flowspecs = st.builds(Flowspec, st.just(Service.CONTROLLED_LOAD), tspecs) | st.builds(
    Flowspec, st.just(Service.GUARANTEED), tspecs, st.builds(Rspec, amounts, words)
)
nulls = words.map(NullTspec.of)
payloads = st.integers(0, 3).flatmap(lambda size: st.binary(min_size=4 * size, max_size=4 * size))


def unknown_parameters(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Parameter, ...]]:
    """In the order of the wire: a service's own parameters, then the general ones."""
    parameters = st.builds(Parameter, numbers, payloads, st.integers(0, 255))
    unique = st.lists(parameters, max_size=3, unique_by=lambda parameter: parameter.number)
    return unique.map(
        lambda found: tuple(sorted(found, key=lambda one: (one.number < 128, one.number)))
    )


new_general = st.integers(11, 126)
maybe_word = st.none() | words
overrides = st.builds(
    Overrides,
    maybe_word,
    st.none() | amounts,
    maybe_word,
    maybe_word,
    unknown_parameters(new_general | st.integers(137, 254)),
)
generals = st.builds(
    GeneralFragment, words, amounts, words, words, st.booleans(), unknown_parameters(new_general)
)
terms = st.builds(ErrorTerms, words, words, words, words)
guaranteeds = st.builds(GuaranteedFragment, terms, st.booleans(), overrides) | st.builds(
    GuaranteedFragment, st.none(), st.booleans()
)
loads = st.builds(ControlledLoadFragment, st.booleans(), overrides)
opaques = st.builds(OpaqueFragment, st.integers(6, 254), st.booleans(), payloads)
others = st.lists(opaques, max_size=3, unique_by=lambda one: one.service).map(
    lambda found: tuple(sorted(found, key=lambda one: one.service))
)
adspecs = st.builds(Adspec, generals, st.none() | guaranteeds, st.none() | loads, others)

ROUTER_ALERT = bytes.fromhex("94040000")
Decoder = Callable[[bytes], WireObject]
TSPEC = Tspec(6000.0, 6000.0, 12000.0, 64, 1500)
# RFC 2210 3.3.6, with numbers put in: all fragments of standard size, no overrides.
RFC_EXAMPLE = bytes.fromhex(
    "00000013"
    "01000008 04000001 00000002 06000001 49989680 08000001 00000007 0a000001 000005dc"
    "02000008 85000001 00000bb8 86000001 000004d2 87000001 000005dc 88000001 00000064"
    "05800000"
)


@pytest.mark.rfc("2210", "3.1")
@given(tspecs)
def test_a_sender_tspec_survives_the_wire(tspec: Tspec) -> None:
    tspec_object = SenderTspec(tspec)
    assert decode_sender_tspec(tspec_object.body()) == tspec_object


@pytest.mark.rfc("2210", "3.2")
@given(flowspecs)
def test_a_flowspec_survives_the_wire(flowspec: Flowspec) -> None:
    assert decode_flowspec(flowspec.body()) == flowspec


@pytest.mark.rfc("2210", "3.3")
@given(adspecs)
def test_an_adspec_survives_the_wire(adspec: Adspec) -> None:
    body = adspec.body()
    assert decode_adspec(body) == adspec
    assert decode_adspec(body).body() == body


@pytest.mark.rfc("2210", "3.3")
@given(adspecs, st.integers(0, 79), st.integers(0, 255))
def test_the_fast_layouts_and_the_walk_agree(adspec: Adspec, offset: int, value: int) -> None:
    for body in (adspec.body(), RFC_EXAMPLE):
        changed = body[:offset] + bytes([value]) + body[offset + 1 :]
        assert outcome(decode_adspec, changed) == outcome(adspec_module._walk, changed)


def outcome(decode: Callable[[bytes], Adspec], body: bytes) -> Adspec | str:
    try:
        return decode(body)
    except DecodeError as error:
        return str(error)


@pytest.mark.rfc("2210", "3.3.6")
def test_the_adspec_of_the_rfc_example_reads_and_writes_byte_for_byte() -> None:
    adspec = decode_adspec(RFC_EXAMPLE)
    assert adspec == Adspec(
        GeneralFragment(2, 1_250_000.0, 7, 1500),
        GuaranteedFragment(ErrorTerms(3000, 1234, 1500, 100)),
        ControlledLoadFragment(break_bit=True),
    )
    assert adspec.body() == RFC_EXAMPLE


@pytest.mark.rfc("2210", "3.2.2")
def test_a_guaranteed_flowspec_has_the_layout_of_the_rfc() -> None:
    body = Flowspec(Service.GUARANTEED, TSPEC, Rspec(9000.0, 250)).body()
    bucket = pack("!fffII", 6000, 6000, 12000, 64, 1500)
    assert body == (
        bytes.fromhex("0000000a 02000009 7f000005")
        + bucket
        + bytes.fromhex("82000002")
        + pack("!fI", 9000, 250)
    )


@pytest.mark.rfc("2210", "3.3.3")
def test_an_empty_guaranteed_fragment_stays_empty() -> None:
    body = bytes.fromhex(
        "0000000a 01000008 04000001 00000001 06000001 00000000"
        "08000001 00000000 0a000001 000005dc 02800000"
    )
    adspec = decode_adspec(body)
    assert adspec.guaranteed == GuaranteedFragment(terms=None, break_bit=True)
    assert adspec.body() == body


@pytest.mark.rfc("2210", "3.3")
def test_fragments_out_of_order_are_read_and_put_in_order() -> None:
    head, general, rest = RFC_EXAMPLE[:4], RFC_EXAMPLE[4:40], RFC_EXAMPLE[40:]
    adspec = decode_adspec(head + rest + general)
    assert adspec.body() == RFC_EXAMPLE


@pytest.mark.rfc("2210", "3")
def test_reserved_bits_are_ignored_when_read_and_zero_when_written() -> None:
    for offset in (1, 5, 9):  # in the message, service and parameter headers
        body = bytearray(SenderTspec(TSPEC).body())
        body[offset] |= 0x01
        assert decode_sender_tspec(bytes(body)) == SenderTspec(TSPEC)


@pytest.mark.rfc("2210", "2.2")
def test_a_flowspec_of_another_service_is_kept_as_it_came() -> None:
    body = bytes.fromhex("00000003 07000002 80000001 000005dc")
    flowspec = decode_flowspec(body)
    assert flowspec == OpaqueFlowspec(body)
    assert flowspec.body() == body


@pytest.mark.rfc("2210", "2.2")
def test_a_flowspec_of_two_services_is_kept_as_it_came() -> None:
    load = Flowspec(Service.CONTROLLED_LOAD, TSPEC).body()
    body = pack("!I", 8) + load[4:] + bytes.fromhex("06000000")
    assert decode_flowspec(body) == OpaqueFlowspec(body)


@pytest.mark.rfc("2210", "3.1")
def test_a_sender_tspec_of_another_service_is_kept_as_it_came() -> None:
    body = bytes.fromhex("00000003 07000002 80000001 000005dc")
    tspec = decode_sender_tspec(body)
    assert tspec == OpaqueTspec(body)
    assert tspec.body() == body


NULL_BODY = bytes.fromhex("00000003 06000002 80000001 000005dc")


@pytest.mark.rfc("2997", "4.3")
@pytest.mark.rfc("2997", "4.4")
def test_the_null_service_says_how_large_packets_are_and_nothing_else() -> None:
    tspec = NullTspec.of(1500)
    for value, decode in (
        (SenderTspec(tspec), decode_sender_tspec),
        (Flowspec(Service.NULL, tspec), decode_flowspec),
    ):
        assert value.body() == NULL_BODY
        assert decode(NULL_BODY) == value
    assert tspec != Tspec(0.0, 0.0, 0.0, 0, 1500), "no token bucket with zeros in it"


@pytest.mark.rfc("2997", "3.2")
def test_a_null_tspec_behind_a_token_bucket_travels_on_as_it_came() -> None:
    bucket = SenderTspec(TSPEC).body()
    body = pack("!I", 10) + bucket[4:] + NULL_BODY[4:]
    assert decode_sender_tspec(body) == OpaqueTspec(body)


def bodies(data: bytes, kind: int) -> list[bytes]:
    """The objects of a kind in the RSVP messages of a classic pcap of IPv4 with router alert."""
    found = []
    start = data.find(ROUTER_ALERT)
    while start >= 0:
        message = start + len(ROUTER_ALERT)
        length = int.from_bytes(data[message + 6 : message + 8], "big")
        objects = split_objects(data[message : message + length], 8)
        found += [body for _, found_kind, body in objects if found_kind == kind]
        start = data.find(ROUTER_ALERT, message)
    return found


@pytest.mark.rfc("2210", "3")
@pytest.mark.parametrize(
    ("kind", "decode", "count"),
    [(0x0C02, decode_sender_tspec, 1), (0x0902, decode_flowspec, 1), (0x0D02, decode_adspec, 1)],
)
def test_what_a_real_router_sent_reads_and_writes_byte_for_byte(
    kind: int, decode: Decoder, count: int
) -> None:
    found = bodies(capture("peafowl-rsvp.pcap").read_bytes(), kind)
    assert len(found) == count
    for body in found:
        assert decode(body).body() == body


NOT_A_NUMBER, MINUS_ZERO, MINUS_ONE, INFINITY = "7fc00000", "80000000", "bf800000", "7f800000"


@pytest.mark.rfc("2215", "3.6")
@pytest.mark.parametrize("field", [12, 16, 20])
@pytest.mark.parametrize("bits", [NOT_A_NUMBER, MINUS_ZERO, MINUS_ONE, INFINITY])
def test_only_the_peak_rate_may_be_infinite_and_nothing_negative(field: int, bits: str) -> None:
    body = bytearray(SenderTspec(TSPEC).body())
    body[field : field + 4] = bytes.fromhex(bits)
    if field == 20 and bits == INFINITY:
        tspec = decode_sender_tspec(bytes(body))
        assert isinstance(tspec, SenderTspec)
        assert tspec.tspec.peak_rate_bytes_per_s == inf
        return
    with pytest.raises(DecodeError) as caught:
        decode_sender_tspec(bytes(body))
    assert (caught.value.code, caught.value.value) == (21, 4)


@pytest.mark.rfc("2212", "Invocation Information")
@pytest.mark.parametrize("bits", [NOT_A_NUMBER, MINUS_ZERO, MINUS_ONE, INFINITY])
def test_a_service_rate_that_is_no_finite_number_is_a_bad_flowspec(bits: str) -> None:
    body = bytearray(Flowspec(Service.GUARANTEED, TSPEC, Rspec(9000.0, 0)).body())
    body[36:40] = bytes.fromhex(bits)
    with pytest.raises(DecodeError) as caught:
        decode_flowspec(bytes(body))
    assert (caught.value.code, caught.value.value) == (21, 3)


@pytest.mark.rfc("2215", "3.3")
@pytest.mark.parametrize("bits", [NOT_A_NUMBER, MINUS_ZERO, MINUS_ONE, INFINITY])
def test_a_path_bandwidth_that_is_no_finite_number_is_a_bad_adspec(bits: str) -> None:
    body = RFC_EXAMPLE[:20] + bytes.fromhex(bits) + RFC_EXAMPLE[24:]
    with pytest.raises(DecodeError) as caught:
        decode_adspec(body)
    assert (caught.value.code, caught.value.value) == (21, 5)


@pytest.mark.rfc("2210", "3.3.2")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "00000000",  # no fragment
        "00000001 05000000",  # no general parameters
        "00000002 01000001 04000001",  # a parameter that reaches past its fragment
        "00000002 01000000 01000000",  # the same service twice
        "00000001 01000001",  # a fragment that reaches past the message
        "10000001 05000000",  # another version
    ],
)
def test_a_malformed_adspec_is_a_bad_adspec(body: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_adspec(bytes.fromhex(body))
    assert (caught.value.code, caught.value.value) == (21, 5)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    ("decode", "body", "value"),
    [
        (decode_sender_tspec, "00000000", 4),  # no service
        (decode_sender_tspec, "00000001 01000000", 4),  # no token bucket
        (decode_sender_tspec, "00000003 01000002 7f000001 00000000", 4),  # one that is too short
        (decode_flowspec, "00000000", 3),
        (decode_flowspec, "00000001 05000000", 3),
        (decode_flowspec, "00000003 05000002 7f000001 00000000", 3),
        (decode_flowspec, "00000002 05000001 7f000001", 3),  # a parameter past its fragment
    ],
)
def test_a_malformed_tspec_or_flowspec_is_named_so(decode: Decoder, body: str, value: int) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(body))
    assert (caught.value.code, caught.value.value) == (21, value)


@pytest.mark.rfc("2210", "3.2.2")
@pytest.mark.parametrize("rspec", ["", "82000001 00000000"])
def test_a_guaranteed_flowspec_without_a_whole_rspec_is_a_bad_flowspec(rspec: str) -> None:
    bucket = SenderTspec(TSPEC).body()[8:]
    data = bucket + bytes.fromhex(rspec)
    body = pack("!II", len(data) // 4 + 1, 0x0200_0000 | len(data) // 4) + data
    with pytest.raises(DecodeError, match="Rspec"):
        decode_flowspec(body)


@pytest.mark.rfc("2210", "3.2")
def test_a_flowspec_with_a_parameter_that_we_do_not_know_is_kept_as_it_came() -> None:
    data = SenderTspec(TSPEC).body()[8:] + bytes.fromhex("c8000000")
    for service in (Service.CONTROLLED_LOAD, Service.GENERAL):
        body = pack("!II", len(data) // 4 + 1, service << 24 | len(data) // 4) + data
        decoded = decode_flowspec(body)
        assert decoded == OpaqueFlowspec(body)
    assert decode_sender_tspec(body) == OpaqueTspec(body)


@pytest.mark.rfc("2210", "3.3.5")
@pytest.mark.parametrize("override", ["04000000", "06000001 80000000"])
def test_an_override_that_is_malformed_is_a_bad_adspec(override: str) -> None:
    data = bytes.fromhex(override)
    general = RFC_EXAMPLE[4:40]
    fragment = pack("!I", 0x0500_0000 | len(data) // 4) + data
    body = pack("!I", (len(general) + len(fragment)) // 4) + general + fragment
    with pytest.raises(DecodeError) as caught:
        decode_adspec(body)
    assert (caught.value.code, caught.value.value) == (21, 5)


@pytest.mark.rfc("2205", "3.1.2")
@given(tspecs.map(SenderTspec) | flowspecs | adspecs)
def test_each_object_names_its_class_and_c_type(found: WireObject) -> None:
    encoded = found.encode()
    assert int.from_bytes(encoded[:2], "big") == len(encoded)
    assert (encoded[2], encoded[3]) == (found.class_num, 2)


@pytest.mark.rfc("2210", "3.3.3")
def test_a_guaranteed_fragment_that_lacks_a_term_is_a_bad_adspec() -> None:
    body = bytes.fromhex("0000000b") + RFC_EXAMPLE[4:40] + bytes.fromhex("02000001 00000000")
    with pytest.raises(DecodeError, match="133 to 136"):
        decode_adspec(body)


SOURCES: dict[Callable[[bytes], WireObject], st.SearchStrategy[WireObject]] = {
    decode_sender_tspec: (tspecs | nulls).map(SenderTspec),
    decode_flowspec: flowspecs | nulls.map(lambda null: Flowspec(Service.NULL, null)),
    decode_adspec: adspecs,
}


@given(st.sampled_from(list(SOURCES)), st.data())
def test_no_mutation_raises_anything_but_the_one_exception(
    decode: Callable[[bytes], WireObject], data: st.DataObject
) -> None:
    body = bytearray(data.draw(SOURCES[decode]).body())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    try:
        found = decode(bytes(body[:cut]))
    except DecodeError:
        return
    assert decode(found.body()) == found
