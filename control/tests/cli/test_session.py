"""`p4rsvp send` and `p4rsvp reserve`, as processes at the agents of two hosts."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from p4rsvp.cli import main
from p4rsvp.processes import P4RSVP
from tests.host.conftest import A, B, hosts  # noqa: F401 (a fixture)
from tests.host.namespaces import ENVIRONMENT, needs_namespaces
from tests.host.test_socket import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WAIT_S = 10.0


class Command:
    """A running command and the facts that it prints."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def until(self, event: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        while True:
            line = await asyncio.wait_for(self.process.stdout.readline(), WAIT_S)
            facts: dict[str, Any] = json.loads(line)
            if facts["event"] == event:
                return facts


@asynccontextmanager
async def command(*arguments: str) -> AsyncIterator[Command]:
    process = await asyncio.create_subprocess_exec(
        *(*P4RSVP, *arguments, "--json"),
        stdout=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )
    try:
        yield Command(process)
    finally:
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), WAIT_S) == 0


@needs_namespaces
def test_send_and_reserve_tell_each_other_s_doings(
    hosts: dict[str, str],  # noqa: F811 (the fixture)
    tmp_path: Path,
) -> None:
    a, b = str(tmp_path / "a"), str(tmp_path / "b")

    async def run() -> None:
        async with (
            served(hosts["a"], tmp_path / "a"),
            served(hosts["b"], tmp_path / "b"),
            command("reserve", "--to", f"{B}:5004", "--socket", b) as reserve,
        ):
            async with command(
                *("send", "--to", f"{B}:5004", "--socket", a, "--rate", "5Mbit"),
                *("--from", f"{A}:4000"),
            ) as send:
                arrived = await reserve.until("path_arrived")
                assert arrived["text"] == f"{A}:4000 sends 625 kB/s (5 Mbit/s)"
                reserved = await send.until("reserved")
                assert reserved["sender"] == f"{A}:4000"
                assert (await reserve.until("confirmed"))["node"] == A
            await reserve.until("path_gone")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["send", "--to", "nowhere", "--rate", "1Mbit"], "is not ADDRESS:PORT"),
        (["send", "--to", "10.0.0.1:5004", "--rate", "fast"], "5 Mbit/s"),
        (["send", "--to", "10.0.0.1:5004"], "either --rate or --null"),
        (["send", "--to", "10.0.0.1:5004", "--rate", "1Mbit", "--null"], "either --rate or --null"),
        (["reserve", "--to", "10.0.0.1:5004", "--delay-ms", "5"], "--service guaranteed"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert says in result.output


def test_that_there_is_no_agent_is_said(tmp_path: Path) -> None:
    where = ["--to", "10.0.0.1:5004", "--socket", str(tmp_path / "none")]
    result = CliRunner().invoke(main, ["reserve", *where])
    assert result.exit_code == 1
    assert "no agent answers" in result.output
