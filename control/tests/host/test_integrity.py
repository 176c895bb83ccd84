"""Agents on two hosts that sign what they send (RFC 2747)."""

from __future__ import annotations

import asyncio

import pytest

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.engine.events import ApiReserve
from p4rsvp.security.faults import Fault
from p4rsvp.security.guard import UNSECURED, Handshake, Integrity, Mode, Rules
from p4rsvp.security.keys import Key, Keys
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.style import FF
from tests.host.conftest import A, B, agent_in
from tests.host.namespaces import needs_namespaces
from tests.host.parts import Part, flow, session
from tests.security.ends import key
from tests.waiting import until

pytestmark = needs_namespaces


def signed_with(*keys: Key, handshake: Handshake = Handshake.NEVER) -> Integrity:
    return Integrity(Rules(Mode.REQUIRED, handshake=handshake), Keys(keys))


@pytest.mark.rfc("2747", "4")
def test_two_hosts_with_one_key_make_a_reservation(hosts: dict[str, str]) -> None:
    async def run() -> None:
        integrity = signed_with(key())
        async with (
            agent_in(hosts["a"], integrity=integrity) as a,
            agent_in(hosts["b"], integrity=integrity) as b,
        ):
            sender = await Part(a, session(B)).open(listens=False)
            receiver = await Part(b, session(B)).open()
            await sender.send(A)
            path = await receiver.next(UpcallKind.PATH_EVENT)
            assert isinstance(path.selector, PortSelector)
            await b.call(
                ApiReserve(receiver.app, FF, (flow(path.selector),), Address.parse(B), confirm=True)
            )
            await sender.next(UpcallKind.RESV_EVENT)
            await receiver.next(UpcallKind.RESV_CONFIRM)

    asyncio.run(run())


@pytest.mark.rfc("2747", "4.3")
def test_two_hosts_that_know_of_each_other_shake_hands_first(hosts: dict[str, str]) -> None:
    async def run() -> None:
        names_a = signed_with(key(neighbour=Address.parse(A)), handshake=Handshake.ALWAYS)
        names_b = signed_with(key(neighbour=Address.parse(B)), handshake=Handshake.ALWAYS)
        async with (
            agent_in(hosts["a"], integrity=names_b) as a,
            agent_in(hosts["b"], integrity=names_a) as b,
        ):
            sender = await Part(a, session(B)).open(listens=False)
            receiver = await Part(b, session(B)).open()
            await until(lambda: b.guard.deadline() is None)  # a's answer is here
            await sender.send(A)
            path = await receiver.next(UpcallKind.PATH_EVENT)
            assert path.selector == PortSelector(Address.parse(A), 4000)
            assert not b.guard.faults.counts  # so it was the first Path that was believed

    asyncio.run(run())


@pytest.mark.rfc("2747", "4.2")
def test_a_host_without_the_key_is_not_heard(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with (
            agent_in(hosts["a"], integrity=UNSECURED) as a,
            agent_in(hosts["b"], integrity=signed_with(key())) as b,
        ):
            receiver = await Part(b, session(B)).open()
            sender = await Part(a, session(B)).open(listens=False)
            await sender.send(A)
            await until(lambda: b.guard.faults.counts[Fault.UNSIGNED] > 0)
            assert receiver.heard.empty()
            a.reload(signed_with(key()))
            await sender.send(A, 4001)
            await receiver.next(UpcallKind.PATH_EVENT)

    asyncio.run(run())
