"""The session with a real switch: what it writes and reads, what it is refused, when it is idle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from finsy import GRPCCredentialsTLS
from msgspec import structs
from packet.softswitch import Softswitch
from packet.target import DEVICE_ID

from p4rsvp.engine.effects import AddFlowspec, DelFlowspec, Operation, Program
from p4rsvp.engine.events import Prefix, TargetResult
from p4rsvp.fast.packet_in import Packets
from p4rsvp.target import static
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON
from p4rsvp.target.cells import Action, Cell, Content, Entry, MeterCell
from p4rsvp.target.numbers import PuntKind
from p4rsvp.target.reconciler import Reconciler
from p4rsvp.target.session import Punt, SwitchAddress, SwitchSession, punt_of
from p4rsvp.wire.address import Address
from tests.target.requests import GROUP, ONE, OTHER, UNICAST, planner, reserve

PATIENCE_S = 20.0


class Controller:
    """A reconciler with its session, and what they have said."""

    def __init__(
        self, switch: Softswitch, election_id: int = 10, tls: GRPCCredentialsTLS | None = None
    ) -> None:
        self.reconciler = Reconciler(planner())
        self.answers: list[TargetResult] = []
        self.punts: list[Punt] = []
        self.found: list[dict[Cell, Content]] = []
        self.has_read = asyncio.Event()
        self.session = SwitchSession(
            SwitchAddress(
                switch.grpc_address,
                DEVICE_ID,
                election_id,
                P4INFO,
                V1MODEL_JSON,
                tls,
            ),
            self.reconciler,
            on_packets=self._packets_in,
            on_answers=self._answered,
            on_state=self._read,
        )

    def _packets_in(self, packets: Packets) -> bool:
        self.punts += [punt_of(packets, row) for row in range(len(packets))]
        return True

    def _read(self, state: dict[Cell, Content]) -> None:
        self.found.append(state)
        self.has_read.set()

    def _answered(self) -> None:
        self.answers += self.reconciler.results
        self.reconciler.results.clear()

    async def ask(self, txn: int, operations: list[Operation]) -> None:
        self.reconciler.program(Program(txn, tuple(operations)))
        await self.settle()

    async def settle(self) -> None:
        self.session.wake()
        await asyncio.wait_for(self.session.settled(), PATIENCE_S)


@asynccontextmanager
async def running(controller: Controller) -> AsyncIterator[Controller]:
    task = asyncio.create_task(controller.session.run())
    try:
        yield controller
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(work(), PATIENCE_S)

    asyncio.run(bounded())


def with_a_meter_that_no_switch_takes(operations: list[Operation]) -> list[Operation]:
    add, *others = operations
    assert isinstance(add, AddFlowspec)
    meter = replace(add.plan.meter, pir_bytes_per_s=0)
    return [structs.replace(add, plan=replace(add.plan, meter=meter)), *others]


async def what_stands(switch: Softswitch) -> dict[Cell, Content]:
    """What a controller that comes anew finds."""
    async with running(Controller(switch, election_id=99)) as other:
        await other.has_read.wait()
        return other.found[0]


def test_a_reservation_stands_in_the_switch_and_goes_again(switch: Softswitch) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as it:
            await it.settle()
            before = dict(it.reconciler.actual)
            await it.ask(1, reserve(1, 7, UNICAST, ONE, OTHER))
            await it.ask(2, reserve(2, 8, GROUP, ONE))
            held = dict(it.reconciler.actual)
            await it.ask(3, [DelFlowspec(1, 7)])
            await it.ask(4, [DelFlowspec(2, 8)])
            assert [answer.ok for answer in it.answers] == [True] * 4
            assert dict(it.reconciler.actual) == before
            assert sum(cell[0] == "ipv4_five_tuple" for cell in held) == 4
        assert it.found == [{}]

    run(work)


def test_what_was_written_is_what_is_read(switch: Softswitch) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as it:
            it.reconciler.want_all(static.verdict_cells())
            it.reconciler.want_all(static.punt_cells([1, 2], {PuntKind.RSVP: 100}))
            default = Prefix(Address(bytes(4)), 0)
            it.reconciler.want(static.route_cell(default), static.route(1))
            it.reconciler.want(static.next_hop_cell(1), static.RESOLVE)
            it.reconciler.want(static.host_cell(Address.parse("2001:db8::1")), static.DELIVER)
            await it.ask(1, reserve(1, 7, UNICAST, ONE))
            held = dict(it.reconciler.actual)
        assert await what_stands(switch) == held

    run(work)


def test_a_controller_that_comes_back_finds_what_it_wants_and_removes_the_rest(
    switch: Softswitch,
) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as first:
            await first.ask(1, reserve(1, 7, UNICAST, ONE))
        async with running(Controller(switch)) as second:
            await second.settle()
            assert {cell[0] for cell in second.found[0]} >= {"ipv4_five_tuple"}
            assert {cell[0] for cell in second.reconciler.actual} == {"outgoing_interfaces"}

    run(work)


def test_a_refused_update_is_told_with_the_transaction_that_it_belongs_to(
    switch: Softswitch,
) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as it:
            await it.settle()
            before = dict(it.reconciler.actual)
            bad = with_a_meter_that_no_switch_takes(reserve(1, 7, UNICAST, ONE))
            it.reconciler.program(Program(1, tuple(bad)))
            it.reconciler.program(Program(2, tuple(reserve(1, 8, UNICAST, OTHER))))
            await it.settle()
            ok = {answer.txn: answer.ok for answer in it.answers}
            assert ok == {1: False, 2: True}
            await it.ask(3, [DelFlowspec(1, 8)])
            assert dict(it.reconciler.actual) == before

    run(work)


def test_a_standby_writes_nothing_until_it_is_primary(switch: Softswitch) -> None:
    async def work() -> None:
        async with running(Controller(switch, election_id=5)) as standby:
            async with running(Controller(switch, election_id=20)) as primary:
                await primary.settle()
                standby.reconciler.program(Program(1, tuple(reserve(1, 7, UNICAST, ONE))))
                standby.session.wake()
                await primary.ask(1, reserve(1, 9, UNICAST, OTHER))
                assert not standby.answers
            await standby.settle()
            assert [answer.ok for answer in standby.answers] == [True]

    run(work)


def test_somebody_elses_entry_is_a_surprise_and_gives_way(switch: Softswitch) -> None:
    async def work() -> None:
        async with running(Controller(switch)) as it:
            await it.ask(1, reserve(1, 7, UNICAST, ONE))
            # As if it had never been written: what comes next is an INSERT of what is there.
            (entry,) = (cell for cell in it.reconciler.actual if cell[0] == "ipv4_five_tuple")
            assert isinstance(entry, Entry)
            assert isinstance(it.reconciler.actual, dict)
            del it.reconciler.actual[entry]
            await it.ask(2, [DelFlowspec(1, 7)])
            await it.ask(3, reserve(1, 8, UNICAST, ONE, rate=20_000))
            assert [answer.ok for answer in it.answers] == [True] * 3
            held = dict(it.reconciler.actual)
        assert held[entry] == Action("reserve", (1, 1))
        assert MeterCell("reservation_meter", 1) in held
        assert await what_stands(switch) == held

    run(work)
