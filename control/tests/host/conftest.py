"""Two hosts on one link, with an agent in each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from p4rsvp.host.agent import Agent
from p4rsvp.host.kernel import Kernel
from p4rsvp.host.local import Transport, network_of
from tests.host.namespaces import inside, join, namespaces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

A, B = "10.9.1.1", "10.9.1.2"
A6, B6 = "2001:db8:0:1::1", "2001:db8:0:1::2"


@pytest.fixture(scope="session")
def hosts() -> Iterator[dict[str, str]]:
    """The namespaces `a` and `b`."""
    with namespaces("a", "b") as names:
        join(names["a"], names["b"], "eth0", (A, B))
        yield names


@asynccontextmanager
async def agent_in(namespace: str, transport: Transport = Transport.RAW) -> AsyncIterator[Agent]:
    with inside(namespace):
        kernel = Kernel(rate_bits_per_s=1e8)
        agent = Agent(network_of(transport, kernel), kernel, seed=1)
        await agent.start()
    try:
        yield agent
    finally:
        with inside(namespace):
            await agent.stop()
