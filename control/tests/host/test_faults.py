"""Agents and links that fail in the middle of it all: nothing of it stays anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import p4rsvp
from p4rsvp.host.agent import Agent
from p4rsvp.host.session import Session
from tests.host.conftest import A, B, ServedHost, agent_in, agent_process
from tests.host.namespaces import ip, join, namespaces, needs_namespaces
from tests.waiting import until

pytestmark = needs_namespaces

WAIT_S = 10.0
REFRESH_PERIOD_MS = 100  # so that state lives for (K + 0.5) * 1.5 * R, half a second


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[dict[str, ServedHost]]:
    """Two hosts of this test's own, and where an agent on them would answer."""
    with namespaces("a", "b") as names:
        join(names["a"], names["b"], "eth0", (A, B))
        yield {name: ServedHost(names[name], tmp_path / name) for name in names}


def is_empty(agent: Agent) -> bool:
    """Whether no path state and no reservation has gone anywhere or come from there."""
    return not any(one.psbs or one.tcsbs for one in agent.node.sessions.values())


@pytest.mark.rfc("2205", "3.7")
def test_an_agent_that_is_killed_leaves_nothing_with_its_neighbours(
    pair: dict[str, ServedHost],
) -> None:
    async def run() -> None:
        a, b_space = pair["a"], pair["b"].namespace
        async with (
            agent_in(b_space, refresh_period_ms=REFRESH_PERIOD_MS) as b,
            Session(f"{B}:5004", host=b) as receiver,
        ):
            await receiver.reserve("1 Mbit/s")
            with agent_process(a.namespace, a.agent, REFRESH_PERIOD_MS) as process:
                sender = Session(f"{B}:5004", socket=a.agent)
                await sender.send("1 Mbit/s")
                await asyncio.wait_for(receiver.until(p4rsvp.Confirmed), WAIT_S)
                process.kill()
                await asyncio.wait_for(sender.until(p4rsvp.AgentGone), WAIT_S)
                await sender.close()
            await asyncio.wait_for(receiver.until(p4rsvp.PathGone), WAIT_S)
            await until(lambda: is_empty(b))

    asyncio.run(run())


@pytest.mark.rfc("2205", "3.7")
@pytest.mark.parametrize("reserves", [False, True], ids=["before the Resv", "after it"])
def test_a_link_that_fails_in_the_middle_leaves_nothing_and_comes_back(
    pair: dict[str, ServedHost], *, reserves: bool
) -> None:
    async def run() -> None:
        far = pair["b"].namespace
        async with (
            agent_in(pair["a"].namespace, refresh_period_ms=REFRESH_PERIOD_MS) as a,
            agent_in(far, refresh_period_ms=REFRESH_PERIOD_MS) as b,
            Session(f"{B}:5004", host=a) as sender,
            Session(f"{B}:5004", host=b) as receiver,
        ):
            await receiver.listen()
            await sender.send("1 Mbit/s")
            await asyncio.wait_for(receiver.until(p4rsvp.PathArrived), WAIT_S)
            if reserves:
                await receiver.reserve("1 Mbit/s")
                await asyncio.wait_for(sender.until(p4rsvp.Reserved), WAIT_S)
            ip(f"-n {far} link set eth0 down")
            await asyncio.wait_for(receiver.until(p4rsvp.PathGone), WAIT_S)
            await until(lambda: is_empty(b))
            await until(lambda: not any(one.rsbs for one in a.node.sessions.values()))
            ip(f"-n {far} link set eth0 up")
            if not reserves:
                await receiver.reserve("1 Mbit/s")
            await asyncio.wait_for(receiver.until(p4rsvp.Confirmed), WAIT_S)

    asyncio.run(run())
