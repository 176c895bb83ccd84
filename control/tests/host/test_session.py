"""`p4rsvp.Session` and `PlainSession`, between two hosts with real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import p4rsvp
from p4rsvp.engine.events import TargetPreempts
from p4rsvp.host import background
from p4rsvp.host.agent import Agent
from p4rsvp.host.session import Session
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import NullTspec
from tests.host.conftest import A, B, agent_in
from tests.host.namespaces import inside, needs_namespaces
from tests.host.test_socket import served
from tests.waiting import until

pytestmark = needs_namespaces

WAIT_S = 5.0


class Ends(NamedTuple):
    """Two hosts with an agent each, and a session at each of them."""

    sender: Session
    receiver: Session
    a: Agent
    b: Agent


@asynccontextmanager
async def ends(hosts: dict[str, str], destination: str = B) -> AsyncIterator[Ends]:
    where = f"{destination}:5004"
    async with (
        agent_in(hosts["a"]) as a,
        agent_in(hosts["b"]) as b,
        Session(where, host=a) as sender,
        Session(where, host=b) as receiver,
    ):
        yield Ends(sender, receiver, a, b)


async def heard(session: Session, *kinds: type) -> object:
    return await asyncio.wait_for(session.until(*kinds), WAIT_S)


def flowspec_of(reserved: object) -> Flowspec:
    assert isinstance(reserved, p4rsvp.Reserved)
    flowspec = reserved.flows[0].flowspec
    assert isinstance(flowspec, Flowspec)
    return flowspec


def test_a_rate_is_all_that_a_sender_and_a_receiver_need_to_say(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with (
            served(hosts["a"], tmp_path / "a"),
            served(hosts["b"], tmp_path / "b"),
            Session(f"{B}:5004", socket=tmp_path / "a") as sender,
            Session(f"{B}:5004", socket=tmp_path / "b") as receiver,
        ):
            await receiver.reserve("4 Mbit/s")  # before anybody sends: it waits
            await sender.send("5 Mbit/s")
            flowspec = flowspec_of(await heard(sender, p4rsvp.Reserved))
            assert flowspec.tspec.token_rate_bytes_per_s == 500_000
            assert flowspec.tspec.max_packet_bytes == 1500
            confirmed = await heard(receiver, p4rsvp.Confirmed)
            assert str(confirmed) == f"the reservation stands: {A} confirms it"

    asyncio.run(run())


def test_a_receiver_that_says_nothing_gets_what_the_sender_announces(
    hosts: dict[str, str],
) -> None:
    async def run() -> None:
        async with ends(hosts) as (sender, receiver, *_):
            await sender.send("5 Mbit/s", (A, 4000), bucket="20 kB", peak="8 Mbit/s")
            await receiver.reserve()
            tspec = flowspec_of(await heard(sender, p4rsvp.Reserved)).tspec
            assert tspec.token_rate_bytes_per_s == 625_000
            assert tspec.bucket_bytes == 20_000
            assert tspec.peak_rate_bytes_per_s == 1_000_000

    asyncio.run(run())


def test_a_delay_bound_becomes_the_rate_that_keeps_it(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with ends(hosts) as (sender, receiver, *_):
            await receiver.reserve(service="guaranteed", delay_ms=30)
            await sender.send("1 Mbit/s")
            flowspec = flowspec_of(await heard(sender, p4rsvp.Reserved))
            assert flowspec.service is Service.GUARANTEED
            assert flowspec.rspec is not None
            assert flowspec.rspec.rate_bytes_per_s > flowspec.tspec.token_rate_bytes_per_s
            await receiver.reserve(service="guaranteed", delay_ms=200)
            slower = flowspec_of(await heard(sender, p4rsvp.Reserved))
            assert slower.rspec is not None
            assert slower.rspec.rate_bytes_per_s < flowspec.rspec.rate_bytes_per_s
            with pytest.raises(
                ValueError, match=r"no rate keeps the queueing delay below 0\.001 ms"
            ):
                await receiver.reserve(service="guaranteed", delay_ms=0.001)

    asyncio.run(run())


def test_a_refusal_says_which_node_refused_and_why(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with ends(hosts) as (sender, receiver, *_):
            await sender.send("200 Mbit/s")  # and the link has 100
            await receiver.reserve()
            with pytest.raises(p4rsvp.ReservationError) as caught:
                await heard(receiver, p4rsvp.Confirmed)
            assert str(caught.value).startswith(
                f"{A} refused the reservation: admission control failure: "
                "requested bandwidth unavailable"
            )
            # 200 Mbit/s are 25 MB/s, so that m is M, 1500 bytes: 1538 on the wire.
            assert "packets of 1500 bytes and more takes up to 25.6333 MB/s" in str(caught.value)

    asyncio.run(run())


@pytest.mark.rfc("2205", "3.11.2")
def test_a_reservation_that_is_given_up_for_another_is_told_as_preempted(
    hosts: dict[str, str],
) -> None:
    async def run() -> None:
        async with ends(hosts) as (sender, receiver, a, _):
            await sender.send("1 Mbit/s")
            await receiver.reserve()
            await heard(receiver, p4rsvp.Confirmed)
            (tcsb,) = a.node.sessions[sender.session].tcsbs
            a._happens(TargetPreempts(sender.session, tcsb.rhandle, "the queen calls"))
            preempted = await asyncio.wait_for(receiver.next(), WAIT_S)
            assert isinstance(preempted, p4rsvp.Preempted)
            assert str(preempted).startswith(f"{A} gave the reservation up: service preempted")

    asyncio.run(run())


def test_calls_may_be_repeated_and_mean_what_they_mean_once(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with ends(hosts) as (sender, receiver, a, b):
            for _ in range(3):
                await sender.send("1 Mbit/s")
                await receiver.reserve("1 Mbit/s")
            await heard(receiver, p4rsvp.Confirmed)
            for _ in range(3):
                await receiver.release()
                await sender.stop_sending()
            state = a.node.sessions[sender.session]
            assert not state.psbs
            assert not b.node.sessions[receiver.session].rsbs
            for _ in range(2):
                await sender.close()
                await receiver.close()
            assert not a.node.sessions

    asyncio.run(run())


@pytest.mark.parametrize("steps", range(8))
def test_calls_that_are_cancelled_leave_nothing_behind_a_close(
    hosts: dict[str, str], tmp_path: Path, steps: int
) -> None:
    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a") as a:
            session = Session("239.1.1.1:5004", socket=tmp_path / "a")
            with inside(hosts["a"]):
                task = asyncio.gather(session.send("1 Mbit/s"), session.reserve("1 Mbit/s"))
                for _ in range(4 * steps):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait({task})
            await session.close()
            # The connection's end has to reach the agent first.
            await until(lambda: not (a.node.sessions or a.node.apps))

    asyncio.run(run())


def test_a_group_is_reserved_for_without_knowing_who_sends(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with ends(hosts, "239.1.1.1") as (sender, receiver, *_):
            with inside(hosts["b"]):
                await receiver.reserve("1 Mbit/s")
            await sender.send("1 Mbit/s")
            reserved = flowspec_of(await heard(sender, p4rsvp.Reserved))
            assert reserved.tspec.token_rate_bytes_per_s == 125_000
            await sender.stop_sending()
            await heard(receiver, p4rsvp.PathGone)

    asyncio.run(run())


def test_what_is_wanted_is_asked_for_again_when_the_agent_is_back(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with agent_in(hosts["b"]) as b, Session(f"{B}:5004", host=b) as receiver:
            await receiver.reserve("1 Mbit/s")
            async with served(hosts["a"], tmp_path / "a"):
                sender = Session(f"{B}:5004", socket=tmp_path / "a")
                await sender.send("1 Mbit/s")
                await heard(sender, p4rsvp.Reserved)
            await heard(sender, p4rsvp.AgentGone)
            await heard(receiver, p4rsvp.PathGone)
            async with served(hosts["a"], tmp_path / "a"):
                await heard(sender, p4rsvp.AgentBack)
                reserved = flowspec_of(await heard(sender, p4rsvp.Reserved))
                assert reserved.tspec.token_rate_bytes_per_s == 125_000
                await sender.close()

    asyncio.run(run())


def test_a_program_without_an_event_loop_reserves_as_well(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    agents = background.run(_started(hosts, tmp_path))
    try:
        with (
            p4rsvp.PlainSession(f"{B}:5004", socket=tmp_path / "a") as sender,
            p4rsvp.PlainSession(f"{B}:5004", socket=tmp_path / "b") as receiver,
        ):
            receiver.reserve("1 Mbit/s")
            with pytest.raises(TimeoutError):
                receiver.next(timeout_s=0.01)
            sender.send("1 Mbit/s")
            assert sender.until(p4rsvp.Reserved, timeout_s=WAIT_S)
            assert receiver.until(p4rsvp.Confirmed, timeout_s=WAIT_S)
    finally:
        for context in agents:
            background.run(context.__aexit__(None, None, None))


async def _started(
    hosts: dict[str, str], tmp_path: Path
) -> Sequence[AbstractAsyncContextManager[Agent]]:
    contexts = [served(hosts[name], tmp_path / name) for name in ("a", "b")]
    for context in contexts:
        await context.__aenter__()
    return contexts


@pytest.mark.rfc("2997", "4.4")
def test_a_flow_that_names_no_rate_is_known_to_the_network_and_takes_nothing(
    hosts: dict[str, str],
) -> None:
    async def run() -> None:
        async with (
            agent_in(hosts["a"]) as a,
            agent_in(hosts["b"]) as b,
            Session(f"{B}:5004", host=a) as sender,
            Session(f"{B}:5004", host=b) as receiver,
        ):
            await receiver.reserve()
            await sender.send(None)
            assert "Null Service" in str(await heard(receiver, p4rsvp.PathArrived))
            assert "Null Service" in str(await heard(receiver, p4rsvp.NotPossible))
            await receiver.reserve(service="null")
            reserved = await heard(sender, p4rsvp.Reserved)
            assert flowspec_of(reserved) == Flowspec(Service.NULL, NullTspec.of(1500))
            await heard(receiver, p4rsvp.Confirmed)
            assert not any(len(one.budget) for one in a.node.controls.values())

    asyncio.run(run())
