"""Bounds that the P4Info sets on meters and groups (P4Runtime 9.2, 9.4), without a server."""

from __future__ import annotations

from typing import Any

import pytest
from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import CounterData, MeterCounters, MeterEntry
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.amounts import Metering
from p4rsvp.p4rt.cells import Meters
from p4rsvp.p4rt.selectors import Selector, decode_watch_port, encode_watch_port

METER = 0x14000001
EQUAL = p4r.MeterConfig(cir=5, cburst=6, pir=5, pburst=6)
UNEQUAL = p4r.MeterConfig(cir=5, cburst=6, pir=7, pburst=8)
EXCESS = p4r.MeterConfig(cir=5, cburst=6, pir=5, pburst=6, eburst=1)


def metering(kind: p4i.MeterSpec.Type.ValueType) -> Metering:
    return Metering(p4i.MeterSpec(type=kind), "meter m")


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (p4i.MeterSpec.TWO_RATE_THREE_COLOR, UNEQUAL),
        (p4i.MeterSpec.SINGLE_RATE_THREE_COLOR, EQUAL),
        (p4i.MeterSpec.SINGLE_RATE_TWO_COLOR, EQUAL),
    ],
)
def test_a_meter_takes_what_its_type_allows(
    kind: p4i.MeterSpec.Type.ValueType, config: p4r.MeterConfig
) -> None:
    assert metering(kind).decode(config)[:2] == (5, 6)


@pytest.mark.parametrize(
    ("kind", "config", "status"),
    [
        (p4i.MeterSpec.TWO_RATE_THREE_COLOR, EXCESS, Status.INVALID_ARGUMENT),
        (p4i.MeterSpec.SINGLE_RATE_TWO_COLOR, UNEQUAL, Status.INVALID_ARGUMENT),
        (p4i.MeterSpec.SINGLE_RATE_TWO_COLOR, EXCESS, Status.INVALID_ARGUMENT),
        (p4i.MeterSpec.SINGLE_RATE_THREE_COLOR, UNEQUAL, Status.INVALID_ARGUMENT),
        (p4i.MeterSpec.SINGLE_RATE_THREE_COLOR, EXCESS, Status.UNIMPLEMENTED),
    ],
)
def test_a_meter_refuses_what_its_type_does_not_allow(
    kind: p4i.MeterSpec.Type.ValueType, config: p4r.MeterConfig, status: Status
) -> None:
    with pytest.raises(ControlError, match="meter m, config") as refused:
        metering(kind).decode(config)
    assert refused.value.status is status


def test_counters_by_colour_are_given_where_a_data_plane_has_them() -> None:
    meters = Meters([p4i.Meter(preamble=p4i.Preamble(id=METER, alias="m"), size=4)])
    asked = p4r.MeterEntry(meter_id=METER, counter_data=p4r.MeterCounterData())
    query, entity = meters.read(asked), p4r.Entity()
    counters = MeterCounters(CounterData(1, 2), CounterData(3, 4), CounterData())
    query.encode(MeterEntry(METER, 0, None, counters), entity)
    assert entity.meter_entry.counter_data.yellow == p4r.CounterData(byte_count=3, packet_count=4)
    assert query.demand is not None
    query.demand(MeterEntry(METER, 0, None, counters))
    with pytest.raises(ControlError, match="meter m") as refused:
        query.demand(MeterEntry(METER, 0))
    assert refused.value.status is Status.UNIMPLEMENTED


def selector(**bounds: Any) -> Selector:
    preamble = p4i.Preamble(id=1, alias="uplinks")
    return Selector(p4i.ActionProfile(preamble=preamble, with_selector=True, **bounds))


def refused_weights(weights: list[int], **bounds: Any) -> ControlError | None:
    """What a selector with these bounds says against members of these weights."""
    made = selector(**bounds)
    try:
        made.check_weights(weights, made.max_group_size)
    except ControlError as refused:
        return refused
    return None


MEMBERS = p4i.ActionProfile.SumOfMembers(max_member_weight=3)


@pytest.mark.parametrize(
    ("bounds", "weights"),
    [
        ({"max_group_size": 4}, [1, 3]),
        ({"max_group_size": 2, "sum_of_members": MEMBERS}, [3, 3]),
        ({}, [1000, 1000]),
    ],
    ids=["sum of weights", "sum of members", "no bound"],
)
def test_weights_within_the_bounds_pass(bounds: dict[str, Any], weights: list[int]) -> None:
    assert refused_weights(weights, **bounds) is None


@pytest.mark.parametrize(
    ("bounds", "weights", "named"),
    [
        ({}, [1, 0], "weight 0"),
        ({}, [-1], "weight -1"),
        ({"max_group_size": 3}, [1, 3], "sum of weights, 4"),
        ({"max_group_size": 1, "sum_of_members": MEMBERS}, [1, 1], "sum of members, 2"),
        ({"sum_of_members": MEMBERS}, [4], "weight 4 is above 3"),
    ],
)
def test_weights_beyond_the_bounds_are_refused(
    bounds: dict[str, Any], weights: list[int], named: str
) -> None:
    refused = refused_weights(weights, **bounds)
    assert refused is not None
    assert named in str(refused)
    assert refused.status is Status.INVALID_ARGUMENT


@pytest.mark.parametrize("max_size", [-1, 5])
def test_the_size_of_a_group_has_its_bounds(max_size: int) -> None:
    with pytest.raises(ControlError, match=r"not in 0\.\.4"):
        selector(max_group_size=4).check_max_size(max_size)


def test_a_watch_port_of_before_1_4_is_read_and_written_in_the_new_way() -> None:
    port = decode_watch_port(p4r.ActionProfileAction(watch=300), "")
    made = p4r.ActionProfileAction()
    encode_watch_port(port, made)
    assert made == p4r.ActionProfileAction(watch_port=b"\x01\x2c")


def test_an_empty_watch_port_watches_nothing() -> None:
    assert decode_watch_port(p4r.ActionProfileAction(), "") is None
