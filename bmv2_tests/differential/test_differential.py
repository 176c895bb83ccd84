"""The embedded switch and bmv2 do the same with random packets and random entries, bit for bit.

2,000 packets at each run of the tests; `ci/differential` takes as many as one likes.
"""

import os
from collections.abc import Iterator

import pytest
from packet.bmv2 import Bmv2
from packet.router import Router
from packet.softswitch import Softswitch
from packet.target import Target

from differential.compare import PACKETS_A_WORLD, run_world
from p4rsvp.target import bmv2

PACKETS = int(os.environ.get("P4RSVP_DIFFERENTIAL_PACKETS", "2000"))
FIRST_SEED = int(os.environ.get("P4RSVP_DIFFERENTIAL_SEED", "0"))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Router, Router]]:
    """The same network on both switches."""
    if not bmv2.installed():
        pytest.skip(f"{bmv2.BINARY} is not on the PATH")
    targets: list[Target] = [
        Softswitch(plain=False),
        Bmv2(tmp_path_factory.mktemp("bmv2") / "log"),
    ]
    routers = [Router(target) for target in targets]
    yield routers[0], routers[1]
    for router, target in zip(routers, targets, strict=True):
        router.close()
        target.stop()


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
