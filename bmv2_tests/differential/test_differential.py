"""The embedded switch, bmv2 and DPDK do the same with random packets and entries, bit for bit.

2,000 packets at each run of the tests for each pair; `ci/differential` takes as many as one likes.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from packet import targets
from packet.router import Router

from differential.compare import PACKETS_A_WORLD, run_world

PACKETS = int(os.environ.get("P4RSVP_DIFFERENTIAL_PACKETS", "2000"))
FIRST_SEED = int(os.environ.get("P4RSVP_DIFFERENTIAL_SEED", "0"))


@pytest.fixture(scope="module", params=["bmv2", "dpdk"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Router, Router]]:
    """The same network on the embedded switch and on another."""
    why = targets.why_none(request.param)
    if why:
        pytest.skip(why)
    with ExitStack() as stack:
        routers = []
        for name in ("jitted", request.param):
            target = targets.start(name, tmp_path_factory.mktemp(name) / "log")
            stack.callback(target.stop)
            routers.append(Router(target))
            stack.callback(routers[-1].close)
        yield routers[0], routers[1]


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + PACKETS // PACKETS_A_WORLD))
def test_both_do_the_same(pair: tuple[Router, Router], seed: int) -> None:
    differences = run_world(*pair, seed)
    assert not differences, "\n".join(map(str, differences))


def test_an_entry_that_only_one_of_them_has_shows(
    pair: tuple[Router, Router], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = pair

    def forget(table: str, *_rest: object, **_parameters: object) -> None:
        assert table

    monkeypatch.setattr(first, "insert", forget)
    assert run_world(*pair, seed=0)
