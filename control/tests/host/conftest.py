"""Two hosts on one link, with an agent in each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from p4rsvp.engine.config import TimeParameters
from p4rsvp.host.agent import Agent
from p4rsvp.host.kernel import Kernel
from p4rsvp.host.local import Transport, network_of
from p4rsvp.processes import P4RSVP, end
from p4rsvp.security.guard import UNSECURED, Integrity
from tests.host.namespaces import ENVIRONMENT, inside, join, namespaces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

A, B = "10.9.1.1", "10.9.1.2"
A6, B6 = "2001:db8:0:1::1", "2001:db8:0:1::2"


class ServedHost(NamedTuple):
    """A host with an agent."""

    namespace: str
    agent: Path


@pytest.fixture(scope="session")
def hosts() -> Iterator[dict[str, str]]:
    """The namespaces `a` and `b`."""
    with namespaces("a", "b") as names:
        join(names["a"], names["b"], "eth0", (A, B))
        yield names


@pytest.fixture(scope="session")
def served_hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ServedHost]]:
    """Another two such hosts, in each of which a process runs `p4rsvp host`."""
    folder = tmp_path_factory.mktemp("agents")
    with namespaces("a", "b") as names, ExitStack() as stack:
        join(names["a"], names["b"], "eth0", (A, B))
        for name, namespace in names.items():
            stack.enter_context(agent_process(namespace, folder / name))
        yield {name: ServedHost(names[name], folder / name) for name in names}


@contextmanager
def agent_process(
    namespace: str, path: Path, refresh_period_ms: int = 30_000
) -> Iterator[subprocess.Popen[str]]:
    """`p4rsvp host` in a namespace, for as long as the context lasts."""
    command = ["ip", "netns", "exec", namespace, *P4RSVP]
    arguments = ["host", "--socket", str(path), "--rate", "100 Mbit/s"]
    arguments += ["--refresh-period-ms", str(refresh_period_ms)]
    with subprocess.Popen(
        [*command, *arguments], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "programs find the agent at" in said, said + process.stderr.read()
        try:
            yield process
        finally:
            end(process)


@asynccontextmanager
async def agent_in(
    namespace: str,
    transport: Transport = Transport.RAW,
    refresh_period_ms: int = 30_000,
    integrity: Integrity = UNSECURED,
) -> AsyncIterator[Agent]:
    with inside(namespace):
        times = TimeParameters(refresh_period_ms=refresh_period_ms)
        kernel = Kernel(rate_bits_per_s=1e8, times=times)
        agent = Agent(network_of(transport, kernel), kernel, seed=1, integrity=integrity)
        await agent.start()
    try:
        yield agent
    finally:
        with inside(namespace):
            await agent.stop()
