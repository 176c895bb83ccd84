"""Networks with refresh filters keep all promises that those without keep."""

from __future__ import annotations

from typing import Any

import pytest

from p4rsvp.fast.front import Front
from p4rsvp.sim import network
from p4rsvp.sim.draw import is_filtered
from p4rsvp.sim.run import run_seed

FILTERED_SEED = 5


@pytest.mark.kernel
@pytest.mark.rfc("2205", "3.7")
def test_a_network_whose_filters_take_the_refreshes_keeps_every_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fronts: list[Front] = []

    def noted(*about: Any) -> Front:
        fronts.append(Front(*about))
        return fronts[-1]

    monkeypatch.setattr(network, "Front", noted)
    assert is_filtered(FILTERED_SEED)
    outcome = run_seed(FILTERED_SEED)
    assert not outcome.failure
    assert sum(front.known for front in fronts) > outcome.packets // 4
