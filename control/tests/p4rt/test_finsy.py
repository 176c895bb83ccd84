"""finsy, the controller library, as a client of its own mind: it arbitrates, configures, writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import finsy
import pytest
from finsy import (
    P4ActionProfileGroup,
    P4ActionProfileMember,
    P4CloneSessionEntry,
    P4CounterEntry,
    P4DigestEntry,
    P4DigestListAck,
    P4DirectCounterEntry,
    P4DirectMeterEntry,
    P4Member,
    P4MeterConfig,
    P4MeterEntry,
    P4MulticastGroupEntry,
    P4PacketOut,
    P4RegisterEntry,
    P4TableAction,
    P4TableEntry,
    P4TableMatch,
    P4ValueSetEntry,
    Switch,
    SwitchOptions,
)
from finsy.p4entity import P4Replica, P4ValueSetMember

from tests.p4rt.rig import DEVICE_ID, PATIENCE_S, PROGRAMS, Rig
from tests.p4rt.test_streams import FRAME, ipv4, process

P4INFO = PROGRAMS / "everything.p4info.txtpb"
JSON = PROGRAMS / "everything.json"


def options(**more: Any) -> SwitchOptions:
    more.setdefault("p4info", P4INFO)
    more.setdefault("p4blob", JSON)
    return SwitchOptions(device_id=DEVICE_ID, **more)


def flow(number: int) -> bytes:
    """The packet of one of many sources."""
    return ipv4()[:29] + bytes([number]) + ipv4()[30:]


# UDP in what is no IPv4 by its Ethernet type.
EXPERIMENTAL = ipv4()[:12] + bytes.fromhex("88b5") + ipv4()[14:23] + b"\x11" + ipv4()[24:]


def run(work: Coroutine[Any, Any, None]) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(PATIENCE_S):
            await work

    asyncio.run(in_time())


async def read(switch: Any, *entities: Any) -> list[Any]:
    return [found async for found in switch.read(entities)]


def forward(port: int) -> P4TableAction:
    return P4TableAction("forward", port=port)


def route(network: int = 0x0A000000, port: int = 3) -> P4TableEntry:
    return P4TableEntry(
        "routes", match=P4TableMatch(destination=(network, 8)), action=forward(port)
    )


FILTER = P4TableEntry(
    "filters",
    match=P4TableMatch(source=(0x0A000000, 0xFF000000), length=(64, 1500), protocol=17, port=1),
    action=P4TableAction("admit"),
    priority=10,
)
MEMBER = P4ActionProfileMember(action_profile_id="uplinks", member_id=1, action=forward(1))

ENTITIES = [
    [route()],
    [FILTER],
    [MEMBER],
    [
        MEMBER,
        P4ActionProfileGroup(
            action_profile_id="uplinks", group_id=2, members=[P4Member(1, weight=1)]
        ),
    ],
    [P4MulticastGroupEntry(multicast_group_id=5, replicas=(1, P4Replica(2, instance=7)))],
    [P4CloneSessionEntry(session_id=5, class_of_service=1, packet_length_bytes=64, replicas=(4,))],
    [P4DigestEntry("learned_t", max_list_size=3, max_timeout_ns=10, ack_timeout_ns=20)],
]


@pytest.mark.parametrize("entities", ENTITIES, ids=lambda made: type(made[-1]).__name__)
def test_entities_are_inserted_read_and_deleted(rig: Rig, entities: list[Any]) -> None:
    last = entities[-1]
    asked = replace(last, action=None) if isinstance(last, P4TableEntry) else last

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            for entity in entities:
                await switch.insert([entity])
            assert await read(switch, asked) == [last]
            await switch.delete(list(reversed(entities)))
            assert await read(switch, asked) == []

    run(work())


def test_cells_are_modified_and_read(rig: Rig) -> None:
    meter = P4MeterConfig(cir=1000, cburst=100, pir=2000, pburst=200)
    counted = finsy.P4CounterData(byte_count=10, packet_count=1)
    cells = [
        P4CounterEntry("port_counter", index=1, data=counted),
        P4MeterEntry("port_meter", index=2, config=meter),
        P4RegisterEntry("last_source", index=3, data=99),
    ]
    asked = [
        P4CounterEntry("port_counter", index=1),
        P4MeterEntry("port_meter", index=2),
        P4RegisterEntry("last_source", index=3),
    ]

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.modify(cells)
            assert await read(switch, *asked) == cells

    run(work())


def test_direct_resources_are_modified_and_read(rig: Rig) -> None:
    meter = P4MeterConfig(cir=1000, cburst=100, pir=2000, pburst=200)
    counted = finsy.P4CounterData(byte_count=10, packet_count=1)

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.insert([route(), FILTER])
            await switch.modify(
                [
                    P4DirectCounterEntry("route_counter", table_entry=route(), data=counted),
                    P4DirectMeterEntry(table_entry=FILTER, config=meter),
                ]
            )
            [counter, direct] = await read(
                switch,
                P4DirectCounterEntry("route_counter", table_entry=route()),
                P4DirectMeterEntry(table_entry=FILTER),
            )
            assert counter.data == counted
            assert direct.config == meter

    run(work())


def test_the_default_action_is_changed(rig: Rig) -> None:
    default = P4TableEntry(
        "policy", is_default_action=True, action=P4TableAction("mark", type_of_service=4)
    )

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.modify([default])
            asked = P4TableEntry("policy", is_default_action=True)
            assert await read(switch, asked) == [default]

    run(work())


def test_a_server_without_a_program_gets_one() -> None:
    async def work(address: str) -> None:
        async with Switch("sw1", address, options()) as switch:
            await switch.insert([route()])

    with Rig(loaded=False) as rig:
        run(work(rig.address))
        assert rig.pipeline.running


def test_a_program_that_is_there_by_its_cookie_is_kept(rig: Rig) -> None:
    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.insert([route()])
        before = rig.device.running
        async with Switch("sw1", rig.address, options()) as switch:
            assert await read(switch, P4TableEntry("routes")) == [route()]
        assert rig.device.running is before

    run(work())


def test_errors_name_the_update_that_failed(rig: Rig) -> None:
    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.insert([route()])
            with pytest.raises(
                finsy.P4ClientError, match="routes: there is such an entry"
            ) as refused:
                await switch.insert([route(0x0B000000), route()])
            assert list(refused.value.details) == [1]

    run(work())


def test_packets_go_both_ways(rig: Rig) -> None:
    punted = P4TableEntry(
        "routes",
        match=P4TableMatch(destination="10.0.0.0/8"),
        action=P4TableAction("punt", reason=9),
    )

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            packets: Any = switch.read_packets()
            arrival = asyncio.ensure_future(anext(packets))
            await asyncio.sleep(0)  # the queue is open once the iterator has begun
            await switch.insert([punted])
            process(rig, 4, ipv4())
            packet = await arrival
            assert (packet.payload, packet["ingress_port"], packet["reason"]) == (ipv4(), 4, 9)
            await packets.aclose()
            await switch.write([P4PacketOut(FRAME, egress_port=3)])
            await switch.delete([punted])
            sent = rig.device.running.process([], time.monotonic_ns())
            assert [(out.port, out.data) for out in sent] == [(3, FRAME)]

    run(work())


def test_a_digest_arrives_and_is_acked(rig: Rig) -> None:
    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            digests: Any = switch.read_digests("learned_t")
            arrival = asyncio.ensure_future(anext(digests))
            await asyncio.sleep(0)
            await switch.write([+P4DigestEntry("learned_t", max_list_size=1, ack_timeout_ns=1)])
            process(rig, 6, FRAME)
            digest = await arrival
            assert digest.data == [{"address": 0x02000000000B, "port": 6}]
            await switch.write([P4DigestListAck(digest.digest_id, digest.list_id)])
            await digests.aclose()

    run(work())


def test_an_idle_entry_is_reported(rig: Rig) -> None:
    entry = P4TableEntry(
        "neighbours",
        match=P4TableMatch(source=2),
        action=P4TableAction("NoAction"),
        idle_timeout_ns=1,
    )

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            reports: Any = switch.read_idle_timeouts()
            arrival = asyncio.ensure_future(anext(reports))
            await asyncio.sleep(0)
            await switch.insert([entry])
            rig.device.running.process([], time.monotonic_ns())
            assert [idle.match for idle in await arrival] == [{"source": 2}]
            await reports.aclose()

    run(work())


def test_a_value_set_is_filled_and_steers_the_parser(rig: Rig) -> None:
    fields = {"protocol": 17, "source": (10 << 24, 8), "type_of_service": (0, 15), "ttl": (1, 64)}
    sets = [
        P4ValueSetEntry("ipv4_types", members=[P4ValueSetMember(0x88B5)]),
        P4ValueSetEntry("peers", members=[P4ValueSetMember(fields)]),
    ]

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.insert([route()])
            assert process(rig, 1, EXPERIMENTAL) == []
            await switch.modify(sets)
            [(port, data)] = process(rig, 1, EXPERIMENTAL)
            assert (port, data[15]) == (3, 0xFF)  # parsed as IPv4, of a peer
            assert [s.value_set_id for s in await read(switch, *sets)] == ["ipv4_types", "peers"]

    run(work())


def test_a_group_spreads_flows_over_its_members_ports(rig: Rig) -> None:
    members = [
        P4ActionProfileMember(action_profile_id="uplinks", member_id=n, action=forward(n))
        for n in (1, 2)
    ]
    group = P4ActionProfileGroup(
        action_profile_id="uplinks", group_id=2, members=[P4Member(n, weight=1) for n in (1, 2)]
    )
    entry = P4TableEntry(
        "balanced",
        match=P4TableMatch(destination="10.0.0.1"),
        action=finsy.P4IndirectAction(group_id=2),
    )

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.insert([*members])
            await switch.insert([group])
            await switch.insert([entry])
            sent = [packet for n in range(32) for packet in process(rig, 1, flow(n))]
            assert {port for port, _ in sent} == {1, 2}

    run(work())


def test_a_second_controller_is_a_backup_and_takes_over(rig: Rig) -> None:
    async def work() -> None:
        async with Switch("second", rig.address, options(initial_election_id=9)) as second:
            async with Switch("first", rig.address, options(initial_election_id=10)) as first:
                assert first.is_primary
                await first.insert([route()])
            await second.ee.event_future(finsy.SwitchEvent.BECOME_PRIMARY)
            await second.delete([route()])

    run(work())


def test_the_action_profile_is_used_by_one_shot_entries(rig: Rig) -> None:
    entry = P4TableEntry(
        "balanced",
        match=P4TableMatch(destination=1),
        action=finsy.P4IndirectAction(action_set=[(1, forward(1)), (2, forward(2))]),
    )

    async def work() -> None:
        async with Switch("sw1", rig.address, options()) as switch:
            await switch.insert([entry])
            assert await read(switch, P4TableEntry("balanced")) == [entry]

    run(work())
