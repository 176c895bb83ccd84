"""Diagnoses asked of agents: answers in parts, answers that are lost, and what the lines say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import p4rsvp
from p4rsvp.host.agent import QUESTIONS_MAX
from p4rsvp.host.api import CallError, Question
from p4rsvp.host.client import Client
from p4rsvp.host.diagnosis import Parts, lines
from p4rsvp.host.session import Session
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.diagnostics import DiagError, Diagnostic, DiagResponse
from p4rsvp.wire.extensions import Drep
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.hop import Hop
from tests.host.conftest import A, B, agent_in
from tests.host.namespaces import needs_namespaces
from tests.host.parts import session
from tests.host.test_socket import served

WAIT_S = 5.0
SENDER = PortSelector(Address.parse(A), 4000)


@needs_namespaces
@pytest.mark.rfc("2745", "4.1")
def test_a_program_asks_through_its_agent(hosts: dict[str, str], tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            agent_in(hosts["a"]) as a,
            served(hosts["b"], tmp_path / "b"),
            Session(f"{B}:5004", host=a) as sender,
            Session(f"{B}:5004", socket=tmp_path / "b") as receiver,
        ):
            await receiver.reserve("1 Mbit/s")
            await sender.send("2 Mbit/s", (A, 4000))
            await asyncio.wait_for(receiver.until(p4rsvp.Confirmed), WAIT_S)
            client = await Client.connect(tmp_path / "b")
            found = await client.diagnose(Question(session(B), SENDER))
            await client.close()
            assert found.is_complete
            receiving, sending = lines(found.responses)
            assert (receiving.previous_hop, sending.previous_hop) == (A, "-")
            assert receiving.reserved == sending.reserved
            assert sending.reserved == "125 kB/s (1 Mbit/s), controlled load"

    asyncio.run(run())


@needs_namespaces
@pytest.mark.rfc("2745", "4.4")
def test_a_path_that_does_not_exist_is_said_not_to(hosts: dict[str, str]) -> None:
    async def run() -> None:
        async with agent_in(hosts["b"]) as b:
            found = await b.diagnose(Question(session(B), SENDER))
            (line,) = lines(found.responses)
            assert line.remarks == "no path state here"
            with pytest.raises(CallError, match=r"no way to the last hop 203\.0\.113\.1"):
                await b.diagnose(Question(session("203.0.113.1"), SENDER))

    asyncio.run(run())


@needs_namespaces
def test_a_question_that_nobody_answers_is_asked_some_times(
    hosts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("p4rsvp.host.agent.ANSWER_S", 0.01)

    async def run() -> None:
        async with agent_in(hosts["a"]) as a:  # and none on the other host
            found = await a.diagnose(Question(session(B), SENDER))
            assert not found.is_complete
            assert not found.responses
            assert a.node.counters.sent[MessageType.DREQ] == QUESTIONS_MAX

    asyncio.run(run())


def part(offset_bytes: int, *responses: DiagResponse, more: bool) -> Drep:
    here = Address.parse(A)
    diagnostic = Diagnostic(
        0, 1, 7, 1500, offset_bytes, here, SenderTemplate(SENDER), FilterSpec(SENDER), more
    )
    return Drep(session(B), Hop(here), diagnostic, responses=responses)


@pytest.mark.rfc("2745", "4.3")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_parts_make_a_whole_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    here = Address.parse(A)
    told = [DiagResponse(n, here, here, here, 0, 3, 30) for n in range(4)]
    size_bytes = len(told[0].encode())
    parts = [
        part(0, told[0], told[1], more=True),
        part(2 * size_bytes, told[2], more=True),
        part(3 * size_bytes, told[3], more=False),
    ]
    whole = Parts()
    for number in order:
        assert not whole.are_complete.is_set()
        whole.take(parts[number])
    assert whole.are_complete.is_set()
    assert whole.responses == tuple(told)


def test_a_line_tells_of_merging_gaps_and_cut_answers() -> None:
    here, there = Address.parse(A), Address.parse(B)
    error = DiagError.PACKET_TOO_BIG | DiagError.ROUTE_TOO_BIG
    response = DiagResponse(0, here, there, there, 2, 3, 30, (), error, merged=True)
    (line,) = lines([response])
    assert line.node == f"{A} {B}"
    assert line.remarks == (
        "answer in parts from here; route cut here; 2 routers without RSVP before it; "
        "merged with other branches; R 30 s, K 3"
    )
