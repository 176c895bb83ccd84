"""RSVP in UDP: every pair of kinds of host speaks, and nobody hears a message twice."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from itertools import product

import pytest
from msgspec.structs import replace

import p4rsvp
from p4rsvp.host.agent import Agent
from p4rsvp.host.flowspecs import session_of
from p4rsvp.host.local import Transport
from p4rsvp.host.session import Session
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.encap import PU
from p4rsvp.wire.message import decode
from p4rsvp.wire.messages import Path
from p4rsvp.wire.session import Session as WireSession
from tests.host.conftest import A6, B6, A, B, agent_in
from tests.host.namespaces import ENVIRONMENT, inside, ip, namespaces, needs_namespaces

pytestmark = needs_namespaces

WAIT_S = 5.0
KINDS = (Transport.UDP, Transport.BOTH)


def address_of(destination: str) -> str:
    return f"[{destination}]:5004" if ":" in destination else f"{destination}:5004"


async def reserve(
    a: Agent, b: Agent, source: str, destination: str, namespace: str
) -> tuple[int, int]:
    """Reserve from A to B; how many Path and Resv messages have come in."""
    where = address_of(destination)
    async with Session(where, host=a) as sender, Session(where, host=b) as receiver:
        with inside(namespace):
            await receiver.reserve("1 Mbit/s")
        await sender.send("1 Mbit/s", (source, 4000))
        await asyncio.wait_for(sender.until(p4rsvp.Reserved), WAIT_S)
        if ":" not in destination and not destination.startswith("239"):
            await asyncio.wait_for(receiver.until(p4rsvp.Confirmed), WAIT_S)
        return b.node.counters.received[MessageType.PATH], a.node.counters.received[
            MessageType.RESV
        ]


@pytest.mark.rfc("2205", "C")
@pytest.mark.parametrize(("one", "other"), list(product(KINDS, KINDS)))
@pytest.mark.parametrize(
    ("source", "destination"), [(A, B), (A6, B6), (A, "239.1.1.1"), (A6, "ff15::7")]
)
def test_hosts_with_and_without_raw_sockets_reserve_and_hear_each_message_once(
    hosts: dict[str, str], one: Transport, other: Transport, source: str, destination: str
) -> None:
    async def run() -> None:
        async with agent_in(hosts["a"], one) as a, agent_in(hosts["b"], other) as b:
            assert await reserve(a, b, source, destination, hosts["b"]) == (1, 1)

    asyncio.run(run())


@pytest.mark.rfc("2205", "C")
def test_a_path_to_a_far_destination_goes_to_the_first_router(hosts: dict[str, str]) -> None:
    async def run() -> bytes:
        ip(f"-n {hosts['a']} route add 198.51.100.0/24 via {B}")
        with inside(hosts["b"]), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as router:
            router.bind((B, PU))
            router.settimeout(WAIT_S)
            async with (
                agent_in(hosts["a"], Transport.UDP) as a,
                Session("198.51.100.7:5004", host=a) as sender,
            ):
                await sender.send("1 Mbit/s")
                return await asyncio.to_thread(router.recv, 2000)

    message = decode(asyncio.run(run()))
    assert isinstance(message, Path)
    assert isinstance(message.session, WireSession)
    assert replace(message.session, flags=0) == session_of("198.51.100.7:5004")


@pytest.mark.rfc("2205", "C")
def test_a_process_without_privilege_speaks_in_udp_by_itself() -> None:
    program = (
        "import os, asyncio\n"
        "from p4rsvp.host.local import own_agent\n"
        "from p4rsvp.host.session import Session\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "async def run():\n"
        "    async with own_agent() as agent, Session('127.0.0.1:5004', host=agent) as s:\n"
        "        await s.send('1 Mbit/s')\n"
        "asyncio.run(run())\n"
    )
    with namespaces("a") as names:
        done = subprocess.run(
            ["ip", "netns", "exec", names["a"], sys.executable, "-c", program],
            env=ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "RSVP goes in UDP" in done.stderr
