"""The programs of docs/applications.md, in a lab: two hosts, two routers, their switches."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from pathlib import Path

import pytest

from p4rsvp.host.happenings import Confirmed
from p4rsvp.host.session import Session
from p4rsvp.lab.mode import Mode, choose
from p4rsvp.lab.spaces.world import SpaceWorld
from p4rsvp.lab.topologyfile import read_topology
from p4rsvp.processes import P4RSVP
from tests.host.namespaces import ENVIRONMENT
from tests.lab.conftest import Lab

README = Path(__file__).parents[3] / "README.md"
PAGE = Path(__file__).parents[3] / "docs" / "applications.md"
PROGRAM = re.compile(r"```python\n# (?P<name>\w+\.py)\n(?P<text>.*?)```", re.DOTALL)
WAIT_S = 20.0
GROUP = "239.1.1.1"

TOPOLOGY = f"""
title = "Two hosts, two routers, and a group"
host = [{{name = "h1"}}, {{name = "h2"}}]
router = [{{name = "r1"}}, {{name = "r2"}}]
link = [
  {{ends = ["h1", "r1"], rate_bits_per_s = 100e6}},
  {{ends = ["r1", "r2"], rate_bits_per_s = 10e6}},
  {{ends = ["r2", "h2"], rate_bits_per_s = 100e6}},
]
group = [{{address = "{GROUP}", senders = ["h1"], members = ["h2"]}}]
[interface]
refresh_period_ms = 500
"""


class Programs:
    """The page's programs, and the lab to run them in."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self.lab = lab
        self._directory = directory
        for found in PROGRAM.finditer(PAGE.read_text(encoding="utf-8")):
            (directory / found["name"]).write_text(found["text"], encoding="utf-8")

    def address(self, host: str) -> str:
        return str(self.lab.world.address(host))

    def run(self, first: str, second: str, *, ready: str = "") -> tuple[str, str]:
        """Run a program with its arguments on h2, and one on h1; what they have said in the end.

        The second begins when the first has said `ready`.
        """
        return self.lab.run(self._run(first, second, ready))

    async def _run(self, first: str, second: str, ready: str) -> tuple[str, str]:
        begun = await self._begin("h2", first)
        said = await _said(begun, ready)
        other = await self._begin("h1", second)
        ends = await asyncio.gather(_end(begun), _end(other))
        texts = said + ends[0], ends[1]
        assert (begun.returncode, other.returncode) == (0, 0), texts
        return texts

    async def hear(self, text: str, *, wanted: str, rate: str) -> str:
        """What a receiving program on h2 says until that, while h1 sends to the group."""
        world = self.lab.world
        assert isinstance(world, SpaceWorld)
        (self._directory / "lines.py").write_text(text, encoding="utf-8")
        agent = world.record.agent_socket("h1")
        async with Session(f"{GROUP}:5004", socket=agent) as sender:
            await sender.send(rate)
            receiving = await self._begin("h2", "lines.py")
            try:
                return await asyncio.wait_for(_said(receiving, wanted), WAIT_S)
            finally:
                receiving.kill()
                await receiving.wait()

    async def _begin(self, host: str, line: str) -> Process:
        world = self.lab.world
        assert isinstance(world, SpaceWorld)
        program, *arguments = line.split()
        command = (sys.executable, str(self._directory / program), *arguments)
        return await asyncio.create_subprocess_exec(
            *world.record.within(host, *command),
            env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"} | world.record.environment(host),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )


async def _said(process: Process, wanted: str) -> str:
    """What it says until a line with that."""
    assert process.stdout is not None
    text = ""
    while wanted not in text:
        text += (await asyncio.wait_for(process.stdout.readline(), WAIT_S)).decode()
    return text


async def _end(process: Process) -> str:
    """What else it says; it is killed where it does not end, and then it has failed."""
    assert process.stdout is not None
    text = ""
    try:
        async with asyncio.timeout(WAIT_S):
            async for line in process.stdout:
                text += line.decode()
    except TimeoutError:
        process.kill()
    await process.wait()
    return text


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    mode, why = choose()
    if mode is Mode.MEMORY:
        pytest.skip(f"no network namespaces, {why}")
    directory = tmp_path_factory.mktemp("applications")
    (directory / "lab.toml").write_text(TOPOLOGY)
    lab = Lab(read_topology(directory / "lab.toml"), mode)
    yield Programs(lab, directory)
    lab.close()


def test_a_video_to_a_group_is_reserved_for_and_arrives(programs: Programs) -> None:
    where = f"{GROUP}:5004"
    received, sent = programs.run(f"video_receiver.py {where}", f"video_sender.py {where}")
    sender = programs.address("h1")
    assert re.search(rf"{sender}:\d+ sends 125 kB/s \(1 Mbit/s\)", received)
    assert "100 packets received" in received
    assert re.search(rf"reserved for {sender}:\d+: 125 kB/s", sent)


def test_the_lines_that_the_readme_has_reserve_and_tell(programs: Programs) -> None:
    lines = README.read_text().partition("## Five lines")[2].partition("\n\n")[2]
    _, _, block = lines.partition("\n\n")
    block, _, _ = block.partition("\n\n")
    assert "p4rsvp.Session(" in block
    body = "import asyncio, p4rsvp\nasync def main():\n" + block + "\nasyncio.run(main())\n"
    said = programs.lab.run(programs.hear(body, wanted="confirms it", rate="1 Mbit/s"))
    assert "the reservation stands" in said


def test_an_echo_over_tcp_is_reserved_for_in_both_directions(programs: Programs) -> None:
    where = f"{programs.address('h2')} 7007"
    server, client = f"echo_server.py {where}", f"echo_client.py {where}"
    _, said = programs.run(server, client, ready="listening")
    assert "the reservation stands" in said
    assert "guaranteed" in said
    assert said.splitlines()[-1] == "hello ALLOWED"


def test_a_rapi_program_reserves(programs: Programs) -> None:
    where = f"{programs.address('h2')} 5010"
    received, sent = programs.run(f"rapi_receiver.py {where}", f"rapi_sender.py {where}")
    assert "RAPI_PATH_EVENT" in received
    assert "RAPI_RESV_CONFIRM" in received
    assert sent.startswith("RAPI_RESV_EVENT Tspec(token_rate_bytes_per_s=25000.0")


@pytest.mark.rfc("2745", "4.1")
@pytest.mark.parametrize("option", [[], ["--along-route"]], ids=["directly", "along the route"])
def test_a_diagnosis_shows_the_reservation_hop_by_hop(
    programs: Programs, option: list[str]
) -> None:
    world = programs.lab.world
    assert isinstance(world, SpaceWorld)
    h1, h2 = (str(world.record.agent_socket(name)) for name in ("h1", "h2"))
    where = f"{programs.address('h2')}:5020"

    async def run() -> str:
        async with (
            Session(where, socket=Path(h1)) as sender,
            Session(where, socket=Path(h2)) as receiver,
        ):
            await receiver.reserve("800 kbit/s")
            await sender.send("1 Mbit/s")
            await asyncio.wait_for(receiver.until(Confirmed), WAIT_S)
            command = ["diagnose", "--to", where, "--sender", programs.address("h1"), "--json"]
            process = await asyncio.create_subprocess_exec(
                *(*P4RSVP, *command, "--socket", h2, *option),
                env=ENVIRONMENT,
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await asyncio.wait_for(process.communicate(), WAIT_S)
            assert process.returncode == 0
            return said.decode()

    nodes = [json.loads(line) for line in programs.lab.run(run()).splitlines()]
    assert [one["node"].split()[0] for one in nodes] == [
        programs.address("h2"),
        "10.0.2.2",  # r2, by the interface that the data comes in
        "10.0.1.1",
        programs.address("h1"),
    ]
    assert [one["previous_hop"] for one in nodes] == ["10.0.3.1", "10.0.2.1", "10.0.1.2", "-"]
    assert {one["reserved"] for one in nodes} == {"100 kB/s (800 kbit/s), controlled load"}
    assert {one["sends"] for one in nodes} == {"125 kB/s (1 Mbit/s)"}
    assert {one["style"] for one in nodes} == {"FF"}
