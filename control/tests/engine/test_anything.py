"""Whatever happens, a node neither fails nor keeps anything of it (RFC 2205 2.3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.anything import Anything, fall_silent
from tests.engine.rig import Rig

SEEDS = st.integers(0, 2**32)


@pytest.mark.rfc("2205", "2.3")
@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_after_anything_at_all_silence_leaves_nothing(seed: int) -> None:
    rig, happenings = Rig(), Anything(seed)
    for _ in range(150):
        happenings.deed()(rig)
    fall_silent(rig)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.7")
@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_the_same_events_and_seed_give_the_same_effects(seed: int) -> None:
    first, second = Rig(seed=5), Rig(seed=5)
    for rig in (first, second):
        happenings = Anything(seed)
        for _ in range(100):
            happenings.deed()(rig)
    assert repr(first.wait(100_000)) == repr(second.wait(100_000))
