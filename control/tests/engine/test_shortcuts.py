"""The shortcuts for sessions with one reservation and one sender say what the general rules say."""

from __future__ import annotations

from typing import Any

import pytest

from p4rsvp.engine import effective, merge
from p4rsvp.engine.confirm import Offers
from tests.engine.anything import Anything
from tests.engine.rig import Rig

SEEDS = range(80)
DEEDS = 60
LEAST_COMPARED = 50  # of each, over all seeds


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Hold each answer of a shortcut against the general rule's; counts how often."""
    counts = {"effective": 0, "merge": 0}
    of_one, one = effective._of_one, merge._one

    def effective_twice(tcsb: Any, rsb: Any, psb: Any) -> Any:
        found = of_one(tcsb, rsb, psb)
        assert found == effective._of_all(tcsb)
        counts["effective"] += 1
        return found

    def merge_twice(psb: Any, rsb: Any, tcsb: Any) -> Any:
        found, state = one(psb, rsb, tcsb), psb.session
        no_offers: Any = None  # there is no RESV_CONFIRM, or the shortcut would not be taken
        assert found == merge._all(state, psb.phop, [psb], Offers(no_offers, state))
        counts["merge"] += 1
        return found

    monkeypatch.setattr(effective, "_of_one", effective_twice)
    monkeypatch.setattr(merge, "_one", merge_twice)
    return counts


@pytest.mark.rfc("2205", "2.2")
def test_shortcuts_agree_with_the_general_rules_whatever_happens(compared: dict[str, int]) -> None:
    for seed in SEEDS:
        rig, happenings = Rig(), Anything(seed)
        for _ in range(DEEDS):
            happenings.deed()(rig)
    assert min(compared.values()) >= LEAST_COMPARED
