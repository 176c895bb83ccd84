"""What can be expected of a phase, and how each expectation is judged.

`Watched` ones are judged while the phase lasts, by what hosts hear and routers show; their time
runs from the phase's last step, and most of them are awaited (`Live`). `Counted` ones are judged at
the end, by the packets that were sent within the phase.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from p4rsvp.lab.report import units
from p4rsvp.lab.results import NS_PER_S, Flow, Outcome, Phase, Totals, Verdict
from p4rsvp.lab.script.clock import now_ns
from p4rsvp.lab.script.notation import Request
from p4rsvp.lab.script.sentences import UPCALLS, Flows, Forms, Sentence
from p4rsvp.lab.topology import Link
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.error_spec import ErrorSpec

if TYPE_CHECKING:
    from p4rsvp.lab.script.stage import Stage

_POLL_S = 0.02
_FRAME_BYTES = 14  # what a link's rate counts beyond IP: the Ethernet header


@dataclass(frozen=True, slots=True)
class Expectation(Sentence):
    """Something that has to be so."""

    def outcome(self, measured: str, *, passed: bool) -> Outcome:
        """The verdict, with what led to it."""
        return Outcome(self.text, measured, Verdict.PASSED if passed else Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class Watched(Expectation):
    """One that is looked at while the phase lasts."""

    duration: int | None  # None: the lifetime of RSVP's state

    @abstractmethod
    async def judge(self, stage: Stage) -> Outcome:
        """Look, and say what has been seen."""

    def within_ns(self, stage: Stage) -> int:
        """How long it may take, from the last step."""
        if self.duration is not None:
            return self.duration
        return max(lifetime_ns(link) for link in stage.world.topology.links.values())


@dataclass(frozen=True, slots=True)
class Live(Watched):
    """One that something has to happen."""

    @abstractmethod
    async def look(self, stage: Stage) -> tuple[bool, str]:
        """Whether it has happened, and what there is to be seen."""

    async def judge(self, stage: Stage) -> Outcome:
        """Look until it has happened or its time is over."""
        deadline_ns = stage.step_ns + self.within_ns(stage)
        while True:
            passed, seen = await self.look(stage)
            took_ns = now_ns() - stage.step_ns
            if passed:
                return self.outcome(f"{seen}, after {units.delay(took_ns / 1000)}", passed=True)
            if now_ns() > deadline_ns:
                return self.outcome(f"{seen}, {units.delay(took_ns / 1000)} on", passed=False)
            await asyncio.sleep(_POLL_S)


def lifetime_ns(link: Link) -> int:
    """How long state lives that nobody refreshes: (K + 0.5) * 1.5 * R (RFC 2205 3.7)."""
    promise = link.promise
    return round((promise.lifetime_factor + 0.5) * 1.5 * promise.refresh_period_ms * 1_000_000)


@dataclass(frozen=True, slots=True)
class Holds(Live):
    """A router reserves exactly this on the link to a neighbour."""

    router: str
    node: str
    request: Request

    forms: ClassVar[Forms] = {"{router} holds {request} towards {node} within {duration}": {}}

    async def look(self, stage: Stage) -> tuple[bool, str]:
        found = await stage.reserved(self.router, self.node)
        return self.request.is_met_by(found), str(found or "nothing")


@dataclass(frozen=True, slots=True)
class Forgets(Live):
    """A router holds nothing any more: no path state, no reservation, no cell for one."""

    router: str
    reservations_only: bool

    forms: ClassVar[Forms] = {
        "{router} reserves nothing within {duration}": {"reservations_only": True},
        "{router} reserves nothing within its lifetime": {
            "reservations_only": True,
            "duration": None,
        },
        "{router} has no path within {duration}": {"reservations_only": False},
        "{router} has no path within its lifetime": {"reservations_only": False, "duration": None},
    }

    async def look(self, stage: Stage) -> tuple[bool, str]:
        state = await stage.world.router(self.router).show(
            pb.SECTION_SENDERS, pb.SECTION_RESERVATIONS
        )
        left = len(state.reservations) + (0 if self.reservations_only else len(state.senders))
        return left == 0, f"{len(state.reservations)} reservations, {len(state.senders)} paths"


@dataclass(frozen=True, slots=True)
class Settles(Live):
    """A router's switch holds just what its daemon wants it to hold."""

    router: str

    forms: ClassVar[Forms] = {"{router} is settled within {duration}": {}}

    async def look(self, stage: Stage) -> tuple[bool, str]:
        state = await stage.world.router(self.router).show(pb.SECTION_SESSIONS)
        settled = state.primary and state.settled
        return settled, "settled" if settled else "not settled"


@dataclass(frozen=True, slots=True)
class Hears(Live):
    """A host hears a message of RSVP."""

    host: str
    upcall: str
    code: tuple[int, int | None] | None = None
    router: str | None = None

    forms: ClassVar[Forms] = {
        "{host} hears a {upcall} within {duration}": {},
        "{host} hears a {upcall} of code {code} within {duration}": {},
        "{host} hears a {upcall} of code {code} from {router} within {duration}": {},
    }

    async def look(self, stage: Stage) -> tuple[bool, str]:
        seen = "nothing of the kind"
        for one in stage.heard_since(stage.step_ns, self.host, UPCALLS[self.upcall]):
            error = one.upcall.error
            if self.code is None:
                return True, "heard"
            if error is not None:
                seen = f"code {error.code}/{error.value} from {error.node}, {error.text}"
                if self._is_met(stage, error):
                    return True, seen
        return False, seen

    def _is_met(self, stage: Stage, error: ErrorSpec) -> bool:
        assert self.code is not None
        code, value = self.code
        if error.code != code or value not in {None, error.value}:
            return False
        return self.router is None or error.node in {
            address.address
            for end, _ in stage.world.topology.places(self.router)
            for address in end.addresses
        }


@dataclass(frozen=True, slots=True)
class Counted(Expectation):
    """One of the packets of flows, at the receivers that it names, or at all of them."""

    flows: Flows

    @abstractmethod
    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        """Look at what was counted in the phase."""

    def totals(self, measured: list[Flow], phase: Phase) -> Iterator[tuple[Flow, Totals]]:
        """Its flows, over the phase."""
        names, receiver = self.flows
        for flow in measured:
            if flow.name in names and receiver in {None, flow.receiver}:
                yield flow, flow.within(phase.start_ns, phase.end_ns)


@dataclass(frozen=True, slots=True)
class Loses(Counted):
    """How much of each flow is lost."""

    share: float
    is_least: bool = False

    forms: ClassVar[Forms] = {
        "{flows} lose nothing": {"share": 0.0},
        "{flows} loses nothing": {"share": 0.0},
        "{flows} loses at most {share}": {},
        "{flows} loses at least {share}": {"is_least": True},
    }

    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        found = list(self.totals(measured, phase))
        said = ", ".join(_loss_text(flow, totals, found) for flow, totals in found)
        return self.outcome(said, passed=all(self._is_met(totals) for _, totals in found))

    def _is_met(self, totals: Totals) -> bool:
        if not totals.sent_packets:
            return False
        if self.is_least:
            return totals.loss_share >= self.share
        return totals.loss_share <= self.share


def _loss_text(flow: Flow, totals: Totals, among: list[tuple[Flow, Totals]]) -> str:
    share = units.share(totals.loss_share)
    said = f"{share} ({totals.lost_packets:,} of {totals.sent_packets:,} packets)"
    return said if len(among) == 1 else f"{flow.label} {said}"


@dataclass(frozen=True, slots=True)
class Receives(Counted):
    """What arrives of flows, together."""

    rate: float
    is_least: bool

    forms: ClassVar[Forms] = {
        "{flows} receives at least {rate}": {"is_least": True},
        "{flows} receive at least {rate}": {"is_least": True},
        "{flows} receives at most {rate}": {"is_least": False},
        "{flows} receive at most {rate}": {"is_least": False},
    }

    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        arrived = sum(t.received_bits_per_s for _, t in self.totals(measured, phase))
        passed = arrived >= self.rate if self.is_least else arrived <= self.rate
        return self.outcome(units.rate(arrived), passed=passed)


@dataclass(frozen=True, slots=True)
class TakesRest(Counted):
    """What others leave of a link is used."""

    share: float
    link: str

    forms: ClassVar[Forms] = {"{flows} takes at least {share} of what is left of {link}": {}}

    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        ours = sum(_on_link(t) for _, t in self.totals(measured, phase))
        all_of_them = sum(_on_link(f.within(phase.start_ns, phase.end_ns)) for f in measured)
        left = stage.world.topology.links[self.link].rate_bits_per_s - (all_of_them - ours)
        said = f"{units.share(ours / left)}: {units.rate(ours)} of {units.rate(left)}, as frames"
        return self.outcome(said, passed=ours >= self.share * left)


def _on_link(totals: Totals) -> float:
    """What arrived, as frames."""
    headers = totals.received_packets * _FRAME_BYTES * 8 * NS_PER_S / totals.duration_ns
    return totals.received_bits_per_s + headers


@dataclass(frozen=True, slots=True)
class Delays(Counted):
    """How long the slowest packet of each flow is under way."""

    duration: int | None

    forms: ClassVar[Forms] = {
        "{flows} is never later than {duration}": {},
        "{flows} is never later than its bound": {"duration": None},
    }

    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        said, passed = [], True
        for flow, totals in self.totals(measured, phase):
            bound_us = self._bound_us(stage, flow)
            worst_us = totals.delay_max_us
            passed &= worst_us is not None and worst_us <= bound_us
            said.append(f"at worst {units.delay(worst_us)}, bound {units.delay(bound_us)}")
        return self.outcome(", ".join(said), passed=passed and bool(said))

    def _bound_us(self, stage: Stage, flow: Flow) -> float:
        return stage.bounds_us[flow.name] if self.duration is None else self.duration / 1000


@dataclass(frozen=True, slots=True)
class Takes(Counted):
    """How long each flow is under way on average: in the queue of best effort, or not."""

    duration: int
    is_least: bool

    forms: ClassVar[Forms] = {
        "{flows} takes at least {duration} on average": {"is_least": True},
        "{flows} takes at most {duration} on average": {"is_least": False},
    }

    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        means_us = [totals.delay_mean_us for _, totals in self.totals(measured, phase)]
        passed = all(
            mean_us is not None and (mean_us * 1000 >= self.duration) is self.is_least
            for mean_us in means_us
        )
        return self.outcome(", ".join(map(units.delay, means_us)), passed=passed)


@dataclass(frozen=True, slots=True)
class Pauses(Counted):
    """How long nothing of a flow arrives."""

    duration: int

    forms: ClassVar[Forms] = {"{flows} pauses for at most {duration}": {}}

    def judge(self, stage: Stage, measured: list[Flow], phase: Phase) -> Outcome:
        gaps_us = [totals.gap_us for _, totals in self.totals(measured, phase)]
        longest_us = max(gaps_us)
        said = f"{units.delay(longest_us)} at the longest"
        return self.outcome(said, passed=longest_us * 1000 <= self.duration)


ORDINARY = (Holds, Forgets, Settles, Hears, Loses, Receives, TakesRest, Delays, Takes, Pauses)
