"""Agents on two hosts whose sockets, links and routes are real."""

from __future__ import annotations

import asyncio

import pytest

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.engine.events import ApiReserve
from p4rsvp.host.api import CallError
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.style import FF, WF
from tests.host.conftest import A6, B6, A, B, agent_in
from tests.host.namespaces import inside, needs_namespaces
from tests.host.parts import TSPEC, Part, flow, session

pytestmark = needs_namespaces


@pytest.mark.rfc("2205", "3.11.1")
@pytest.mark.parametrize(("source", "destination"), [(A, B), (A6, B6)])
def test_a_reservation_between_two_hosts_is_made_and_confirmed(
    hosts: dict[str, str], source: str, destination: str
) -> None:
    async def run() -> None:
        async with agent_in(hosts["a"]) as a, agent_in(hosts["b"]) as b:
            sender = await Part(a, session(destination)).open(listens=False)
            receiver = await Part(b, session(destination)).open()
            await sender.send(source)
            path = await receiver.next(UpcallKind.PATH_EVENT)
            assert path.selector == PortSelector(Address.parse(source), 4000)
            assert path.tspec == TSPEC
            await b.call(
                ApiReserve(
                    receiver.app,
                    FF,
                    (flow(path.selector),),
                    Address.parse(destination),
                    confirm=True,
                )
            )
            reserved = await sender.next(UpcallKind.RESV_EVENT)
            assert reserved.flows == (flow(path.selector),)
            await receiver.next(UpcallKind.RESV_CONFIRM)

    asyncio.run(run())


@pytest.mark.rfc("2205", "3.9")
@pytest.mark.parametrize(("source", "group"), [(A, "239.1.1.1"), (A6, "ff15::7")])
def test_a_host_joins_the_group_that_a_program_listens_to(
    hosts: dict[str, str], source: str, group: str
) -> None:
    async def run() -> None:
        async with agent_in(hosts["a"]) as a, agent_in(hosts["b"]) as b:
            with inside(hosts["b"]):  # where the agent opens the socket that joins
                receiver = await Part(b, session(group)).open()
            sender = await Part(a, session(group)).open(listens=False)
            await sender.send(source)
            path = await receiver.next(UpcallKind.PATH_EVENT)
            assert path.selector == PortSelector(Address.parse(source), 4000)
            await b.call(ApiReserve(receiver.app, WF, (flow(),)))
            reserved = await sender.next(UpcallKind.RESV_EVENT)
            assert reserved.flows == (flow(),)

    asyncio.run(run())


@pytest.mark.rfc("2205", "3.1.5")
def test_an_agent_that_stops_tears_down_what_its_programs_had(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with agent_in(hosts["b"]) as b:
            receiver = await Part(b, session(B)).open()
            async with agent_in(hosts["a"]) as a:
                sender = await Part(a, session(B)).open(listens=False)
                await sender.send(A)
                await receiver.next(UpcallKind.PATH_EVENT)
            await receiver.next(UpcallKind.PATH_TEAR)
            assert not b.node.sessions[receiver.session].psbs

    asyncio.run(run())


@pytest.mark.rfc("2205", "3.11.1")
def test_a_call_that_is_not_possible_says_why(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with agent_in(hosts["a"]) as a:
            part = await Part(a, session(B)).open()
            with pytest.raises(CallError, match="do not fit the style WF"):
                await a.call(ApiReserve(part.app, WF, (flow(), flow())))

    asyncio.run(run())
