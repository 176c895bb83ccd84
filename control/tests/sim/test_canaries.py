"""The checkers can fail: each canary breaks one rule of the engine, and some seed must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from p4rsvp.engine import answers, blockade, path_out, resv, topology, traffic, upstream
from p4rsvp.engine.chance import Chance
from p4rsvp.engine.lifetimes import Lifetimes
from p4rsvp.intserv.admission import LinkBudget
from p4rsvp.intserv.controlled_load import ControlledLoad
from p4rsvp.intserv.guaranteed import Guaranteed
from p4rsvp.intserv.traffic_control import TrafficControl
from p4rsvp.sim.checks import Promise
from p4rsvp.sim.run import run_seed

MOST_SEEDS = 150  # a run ends at the first that notices
# These noticed at once when this was written, so that the search mostly ends where it begins.
LIKELY_SEEDS = (0, 7, 10, 45)
Patch = pytest.MonkeyPatch


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _no_expiry(patch: Patch) -> None:
    def is_over(lifetimes: Lifetimes, lifetime: Any, now_ns: int) -> bool:
        lifetimes._timers.set(lifetime, now_ns + lifetime.lifetime_ns)
        return False

    patch.setattr(Lifetimes, "is_over", is_over)


def _no_resv_tears(patch: Patch) -> None:
    patch.setattr(upstream, "_tear", _nothing)


def _no_path_tears(patch: Patch) -> None:
    patch.setattr(path_out, "tear", _nothing)


def _budget_never_released(patch: Patch) -> None:
    patch.setattr(TrafficControl, "delete_flowspec", _nothing)


def _no_admission_control(patch: Patch) -> None:
    patch.setattr(LinkBudget, "_check", _nothing)


def _first_flowspec_wins(patch: Patch) -> None:
    for service in ControlledLoad, Guaranteed:
        patch.setattr(service, "lub", lambda _, a, __: a)


def _tears_take_all_senders(patch: Patch) -> None:
    take_away = resv.take_away

    def takes_all(node: Any, state: Any, rsb: Any, _: Any, **options: Any) -> None:
        take_away(node, state, rsb, None, **options)

    patch.setattr(resv, "take_away", takes_all)


def _refusals_pass_for_success(patch: Patch) -> None:
    def failed(node: Any, tcsb: Any, flight: Any, _: str) -> None:
        traffic.done(node, tcsb, flight.target)

    patch.setattr(answers, "_failed", failed)


def _blockades_for_ever(patch: Patch) -> None:
    patch.setattr(blockade, "remove", _nothing)


def _no_local_repair(patch: Patch) -> None:
    patch.setattr(topology, "repair", _nothing)


def _hasty_refreshes(patch: Patch) -> None:
    patch.setattr(Chance, "jittered_ns", lambda _, period_ms: period_ms * 300_000)


CANARIES: list[tuple[Callable[[Patch], None], set[Promise]]] = [
    (_no_expiry, {Promise.AGREEMENT, Promise.NOT_STALE}),
    (_no_resv_tears, {Promise.AGREEMENT}),
    (_no_path_tears, {Promise.AGREEMENT}),
    (_budget_never_released, {Promise.INSTALLED, Promise.NOT_STALE}),
    (_no_admission_control, {Promise.ADMISSION}),
    (_first_flowspec_wins, {Promise.AGREEMENT}),
    (_tears_take_all_senders, {Promise.AGREEMENT}),
    (_refusals_pass_for_success, {Promise.INSTALLED}),
    (_blockades_for_ever, {Promise.AGREEMENT}),
    (_no_local_repair, {Promise.AGREEMENT}),
    (_hasty_refreshes, {Promise.LOAD}),
]


@pytest.mark.parametrize(
    ("plant", "promises"), CANARIES, ids=[plant.__name__[1:] for plant, _ in CANARIES]
)
def test_a_broken_rule_is_noticed(
    monkeypatch: Patch, plant: Callable[[Patch], None], promises: set[Promise]
) -> None:
    plant(monkeypatch)
    outcomes = (run_seed(seed) for seed in (*LIKELY_SEEDS, *range(MOST_SEEDS)))
    noticed = next((outcome for outcome in outcomes if outcome.failure), None)
    assert noticed is not None
    assert noticed.promise in {promise.value for promise in promises}, noticed.failure
