"""Programs at an agent's socket: what they ask for and break, and that they leave nothing."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.engine.events import ApiReserve
from p4rsvp.host import protocol
from p4rsvp.host.agent import Agent
from p4rsvp.host.api import AgentGoneError, CallError
from p4rsvp.host.client import Client
from p4rsvp.host.server import Server
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.style import FF
from tests.host.conftest import A, B, agent_in
from tests.host.namespaces import ENVIRONMENT, needs_namespaces
from tests.host.parts import WAIT_S, Part, flow, session

pytestmark = needs_namespaces

SELECTOR = PortSelector(Address.parse(A), 4000)


@asynccontextmanager
async def served(namespace: str, path: Path) -> AsyncIterator[Agent]:
    async with agent_in(namespace) as agent:
        server = Server(agent, path)
        await server.start()
        try:
            yield agent
        finally:
            await server.stop()


@pytest.mark.rfc("2205", "3.11.1")
def test_programs_reserve_through_the_sockets_of_their_agents(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a"), served(hosts["b"], tmp_path / "b"):
            a, b = await Client.connect(tmp_path / "a"), await Client.connect(tmp_path / "b")
            receiver = await Part(b, session(B)).open()
            sender = await Part(a, session(B)).open(listens=False)
            await sender.send(A)
            path = await receiver.next(UpcallKind.PATH_EVENT)
            assert path.adspec is not None
            await b.call(ApiReserve(receiver.app, FF, (flow(SELECTOR),), confirm=True))
            assert (await sender.next(UpcallKind.RESV_EVENT)).flows == (flow(SELECTOR),)
            confirmed = await receiver.next(UpcallKind.RESV_CONFIRM)
            assert confirmed.error is not None
            assert str(confirmed.error.node) == A
            await a.close()
            await b.close()

    asyncio.run(run())


def test_a_program_that_opens_late_hears_of_the_senders_that_are_there(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with served(hosts["b"], tmp_path / "b"):
            client = await Client.connect(tmp_path / "b")
            sender = await Part(client, session(B)).open(listens=False)
            await sender.send(B)
            late = await Part(client, session(B)).open()
            path = await late.next(UpcallKind.PATH_EVENT)
            assert path.selector == PortSelector(Address.parse(B), 4000)
            await client.close()

    asyncio.run(run())


@pytest.mark.rfc("2205", "3.11.1")
def test_what_a_program_had_goes_when_it_is_killed(hosts: dict[str, str], tmp_path: Path) -> None:
    program = (
        "import asyncio, signal, sys; from pathlib import Path\n"
        "from p4rsvp.host.client import Client\n"
        "from tests.host.parts import Part, session\n"
        "async def run():\n"
        "    client = await Client.connect(Path(sys.argv[1]))\n"
        "    part = await Part(client, session(sys.argv[3])).open(listens=False)\n"
        "    await part.send(sys.argv[2])\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(run())\n"
    )

    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a") as a, agent_in(hosts["b"]) as b:
            receiver = await Part(b, session(B)).open()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", program, tmp_path / "a", A, B), env=ENVIRONMENT
            )
            await receiver.next(UpcallKind.PATH_EVENT)
            process.kill()
            await receiver.next(UpcallKind.PATH_TEAR)
            await process.wait()
            assert not a.node.sessions
            assert not a.node.apps

    asyncio.run(run())


# A map whose type is no UTF-8; fuzzing has found it.
NOT_TEXT = b"\0\0\0\x0c\x81\xa4type\xa5\xbfopen"


def test_a_program_that_speaks_nonsense_is_cut_off_and_others_are_not(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a") as a:
            good = await Client.connect(tmp_path / "a")
            await (await Part(good, session(B)).open()).send(A)
            for nonsense in (b"GET / HTTP/1.1\r\n\r\n", bytes(8), b"\xff" * 64, NOT_TEXT):
                reader, writer = await asyncio.open_unix_connection(tmp_path / "a")
                writer.write(nonsense)
                said = await asyncio.wait_for(protocol.read(reader), WAIT_S)
                assert isinstance(said, protocol.Refused)
                writer.close()
            assert len(a.node.sessions) == 1
            await good.close()

    asyncio.run(run())


def test_a_program_of_another_version_is_told_which_one_is_spoken(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a"):
            reader, writer = await asyncio.open_unix_connection(tmp_path / "a")
            protocol.write(writer, protocol.Hello(version=99))
            assert await protocol.read(reader) == protocol.Hello()
            said = await protocol.read(reader)
            assert said == protocol.Refused(request=0, why="this agent speaks version 1, not 99")
            writer.close()

    asyncio.run(run())


def test_a_program_cannot_touch_what_another_has_opened(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a") as a:
            one, other = [await Client.connect(tmp_path / "a") for _ in range(2)]
            part = await Part(one, session(B)).open()
            with pytest.raises(CallError, match="no session"):
                await other.call(ApiReserve(part.app, FF, ()))
            await other.release(part.app)
            assert len(a.node.apps) == 1
            await one.close()
            await other.close()

    asyncio.run(run())


def test_a_program_whose_agent_ends_is_told_so(hosts: dict[str, str], tmp_path: Path) -> None:
    async def run() -> None:
        ended: asyncio.Queue[str] = asyncio.Queue()
        async with served(hosts["a"], tmp_path / "a"):
            client = await Client.connect(tmp_path / "a")
            client.on_end = ended.put_nowait
        assert "is gone" in await asyncio.wait_for(ended.get(), WAIT_S)
        with pytest.raises(AgentGoneError):
            await Part(client, session(B)).open()

    asyncio.run(run())


def test_a_second_agent_does_not_take_the_socket_of_the_first(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "new" / "folder" / "a"

    async def run() -> None:
        async with served(hosts["a"], path), agent_in(hosts["b"]) as other:
            with pytest.raises(OSError, match="another agent answers there"):
                await Server(other, path).start()
            await (await Client.connect(path)).close()

    asyncio.run(run())


def test_an_agent_replaces_the_socket_of_one_that_was_killed(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(tmp_path / "a"))
    left.close()

    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a") as agent:
            client = await Client.connect(tmp_path / "a")
            part = await Part(client, session(B)).open()
            assert part.session in agent.node.sessions
            await client.close()

    asyncio.run(run())


def test_that_there_is_no_agent_comes_with_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(AgentGoneError, match="p4rsvp host --socket"):
        asyncio.run(Client.connect(tmp_path / "none"))


def test_one_agent_serves_a_thousand_sessions(hosts: dict[str, str], tmp_path: Path) -> None:
    async def run() -> None:
        async with served(hosts["a"], tmp_path / "a") as a, agent_in(hosts["b"]) as b:
            client = await Client.connect(tmp_path / "a")
            for port in range(5_000, 6_000):
                receiver = await Part(b, session(B, port)).open()
                sender = await Part(client, session(B, port)).open(listens=False)
                await sender.send(A)
                await receiver.next(UpcallKind.PATH_EVENT)
            assert len(a.node.sessions) == len(b.node.sessions) == 1_000
            await client.close()
            last = await asyncio.wait_for(receiver.heard.get(), WAIT_S)
            assert last.kind is UpcallKind.PATH_TEAR
            assert not a.node.sessions

    asyncio.run(run())
