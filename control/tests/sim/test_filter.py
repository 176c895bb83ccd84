"""Networks with refresh filters do what those without do, to the packet and the nanosecond."""

from __future__ import annotations

from typing import Any

import pytest

from p4rsvp.fast.front import Front
from p4rsvp.sim import draw, network
from p4rsvp.sim.run import Outcome, run_seed

# A sender that is torn down out of a Resv whose others live on (5, 45), one Resv that changes what
# another has named (42), a Resv of which a part is refused (60); the others as they come.
SEEDS = (2, 5, 17, 30, 42, 45, 60)


def run(monkeypatch: pytest.MonkeyPatch, seed: int, *, filtered: bool) -> Outcome:
    monkeypatch.setattr(draw, "is_filtered", lambda _: filtered)
    outcome = run_seed(seed)
    assert outcome.failure == ""
    return outcome


@pytest.mark.kernel
@pytest.mark.rfc("2205", "3.7")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_network_with_filters_sends_what_it_sends_without_them(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    fronts: list[Front] = []

    def noted(*about: Any) -> Front:
        fronts.append(Front(*about))
        return fronts[-1]

    monkeypatch.setattr(network, "Front", noted)
    plain = run(monkeypatch, seed, filtered=False)
    assert not fronts
    filtered = run(monkeypatch, seed, filtered=True)
    assert sum(front.known for front in fronts) > filtered.packets // 8
    assert (filtered.packets, filtered.digest) == (plain.packets, plain.digest)
