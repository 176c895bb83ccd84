"""The session when the switch is slow, gone, somebody else's, or behind TLS."""

from __future__ import annotations

import asyncio
from pathlib import Path

import finsy.switch
import pytest
import trustme
from finsy import GRPCCredentialsTLS
from packet.softswitch import Softswitch

from p4rsvp.engine.effects import DelFlowspec, Program
from p4rsvp.p4rt.server import Tls
from p4rsvp.target import static
from p4rsvp.target.cells import Cell, Content
from p4rsvp.target.numbers import ServiceClass
from p4rsvp.target.session import WAITING_PACKETS_OUT
from tests.target.requests import ONE, UNICAST, reserve
from tests.target.test_session import PATIENCE_S, Controller, run, running, what_stands
from tests.waiting import until

PACKETS = 2 * WAITING_PACKETS_OUT
FRAME = bytes(200)
LARGE_FRAME = bytes(9000)  # more of them than all buffers on the way take


def next_hops(number: int) -> dict[Cell, Content]:
    return {static.next_hop_cell(hop): static.reach(1, number.to_bytes(6)) for hop in range(2, 600)}


def test_a_slow_switch_gets_the_last_form_of_everything_and_no_more(switch: Softswitch) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as it:
            await it.settle()
            with switch.stuck():
                for number in range(1, 50):
                    for cell, content in next_hops(number).items():
                        it.reconciler.want(cell, content)
                    it.session.wake()
                    await asyncio.sleep(0)
                # One batch is on its way; all else is one mark a cell, however often it changed.
                assert it.reconciler.backlog <= len(next_hops(1))
            await it.settle()
            assert next_hops(49).items() <= it.reconciler.actual.items()

    run(work)


def test_packets_for_a_switch_that_takes_none_are_bounded_and_the_oldest_go(
    switch: Softswitch,
) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as it:
            await it.settle()
            with switch.stuck():
                for _ in range(PACKETS):
                    it.session.send(1, LARGE_FRAME, ServiceClass.NETWORK_CONTROL)
                    await asyncio.sleep(0)
                dropped = it.session.packets_dropped
                assert dropped > 0
            await asyncio.wait_for(it.session.sent(), PATIENCE_S)
            assert it.session.packets_dropped == dropped

    run(work)


def test_a_switch_that_comes_back_empty_is_filled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # finsy waits for ten seconds where a session was shorter than this; nobody's are, but a test's.
    monkeypatch.setattr(finsy.switch, "_FAIL_MIN_TIME_SECS", 0)
    switch = Softswitch(plain=True)

    async def work() -> None:
        async with running(Controller(switch)) as it:
            await it.ask(1, reserve(1, 7, UNICAST, ONE))
            before = dict(it.reconciler.actual)
            await asyncio.to_thread(switch.stop)
            await until(lambda: not it.session.is_primary)
            it.has_read.clear()
            other = await asyncio.to_thread(Softswitch, plain=True, address=switch.grpc_address)
            try:
                await it.has_read.wait()
                assert it.found[-1] == {}
                await it.settle()
                assert await what_stands(other) == before
            finally:
                await asyncio.to_thread(other.stop)

    run(work)


def test_who_is_primary_no_more_writes_and_sends_no_more(switch: Softswitch) -> None:
    async def work() -> None:
        async with running(Controller(switch, election_id=5)) as it:
            await it.ask(1, reserve(1, 7, UNICAST, ONE))
            async with running(Controller(switch, election_id=20)) as winner:
                await winner.settle()
                await until(lambda: not it.session.is_primary)
                it.reconciler.program(Program(2, (DelFlowspec(1, 7),)))
                it.session.wake()
                it.session.send(1, FRAME, ServiceClass.NETWORK_CONTROL)
                held = dict(winner.reconciler.actual)
                await winner.settle()
                assert [answer.txn for answer in it.answers] == [1]
                assert await what_stands(switch) == held
            await it.settle()
            assert [answer.txn for answer in it.answers] == [1, 2]

    run(work)


def test_the_session_goes_over_mutual_tls_with_its_packets(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    for name in ("localhost", "daemon"):
        identity = authority.issue_cert(name)
        identity.cert_chain_pems[0].write_to_path(tmp_path / f"{name}.pem")
        identity.private_key_pem.write_to_path(tmp_path / f"{name}.key")
    ca = tmp_path / "ca.pem"
    server = Tls(tmp_path / "localhost.pem", tmp_path / "localhost.key", client_ca=ca)
    client = GRPCCredentialsTLS(
        cacert=ca, cert=tmp_path / "daemon.pem", private_key=tmp_path / "daemon.key"
    )
    switch = Softswitch(plain=True, address="localhost:0", tls=server)

    async def work() -> None:
        async with running(Controller(switch, tls=client)) as it:
            await it.ask(1, reserve(1, 7, UNICAST, ONE))
            it.session.send(3, FRAME, ServiceClass.NETWORK_CONTROL)
            sent = await asyncio.to_thread(switch.collect, PATIENCE_S)
            assert sent[:2] == (3, FRAME)

    try:
        run(work)
    finally:
        switch.stop()
