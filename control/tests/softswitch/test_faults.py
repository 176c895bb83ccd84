"""Faults of a link: each does what it says, and a seed brings the same again."""

import pytest

from tests.softswitch.router import IN_PORT, OUT_PORT, Router, frame


@pytest.fixture
def router() -> Router:
    made = Router(plain=True)
    made.connect(shapes=0)
    return made


def send(router: Router, now_ns: int, *flows: int) -> list[tuple[int, int]]:
    """Send a frame per flow; (flow, time) of what has left by now."""
    sent = router.switch.process([(IN_PORT, frame(flow)) for flow in flows], now_ns)
    return [(int.from_bytes(p.data[34:36], "big"), p.at_ns) for p in sent]


def test_a_link_without_faults_loses_nothing(router: Router) -> None:
    assert len(send(router, 1000, *range(5000, 5100))) == 100


def test_certain_loss_loses_all(router: Router) -> None:
    router.switch.engines[0].impair(OUT_PORT, loss=1.0)
    assert send(router, 1000, 5000, 5001) == []
    router.switch.engines[0].impair(OUT_PORT)
    assert len(send(router, 2000, 5000)) == 1


def test_loss_is_about_as_frequent_as_asked_for(router: Router) -> None:
    router.switch.engines[0].impair(OUT_PORT, loss=0.25)
    assert 600 <= len(send(router, 1000, *range(5000, 6000))) <= 900


def test_the_same_seed_loses_the_same(router: Router) -> None:
    runs = []
    for _ in range(2):
        router.switch.engines[0].impair(OUT_PORT, loss=0.5, seed=7)
        runs.append([flow for flow, _ in send(router, 1000, *range(5000, 5200))])
    assert runs[0] == runs[1]


def test_a_duplicated_packet_comes_twice(router: Router) -> None:
    router.switch.engines[0].impair(OUT_PORT, duplicate=1.0)
    assert [flow for flow, _ in send(router, 1000, 5000, 5001)] == [5000, 5001, 5000, 5001]


def test_a_delayed_packet_leaves_when_the_delay_is_over(router: Router) -> None:
    router.switch.engines[0].impair(OUT_PORT, delay_ns=5000)
    assert send(router, 1000, 5000) == []
    assert send(router, 5999) == []
    assert send(router, 6000) == [(5000, 6000)]


def test_a_reordered_packet_overtakes_the_delayed(router: Router) -> None:
    router.switch.engines[0].impair(OUT_PORT, delay_ns=5000, reorder=0.5, seed=3)
    flows = list(range(5000, 5020))
    left = send(router, 1000, *flows) + send(router, 10_000)
    order = [flow for flow, _ in left]
    assert sorted(order) == flows
    assert order != flows


def test_a_chance_above_one_is_refused(router: Router) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        router.switch.engines[0].impair(OUT_PORT, loss=1.5)
