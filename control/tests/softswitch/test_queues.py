"""Shaped ports: when packets leave, which one first, and which do not fit."""

import pytest

from tests.softswitch.router import IN_PORT, OUT_PORT, Router, frame

RATE_BYTES_PER_S = 1_250_000  # 10 Mbit/s
SIZE = 125
NS_PER_FRAME = 100_000
RESERVED, OTHER = 5000, 5001


@pytest.fixture
def router() -> Router:
    made = Router(plain=True)
    made.connect()
    made.reserve(5, RESERVED, None)
    made.switch.engines[0].shape(OUT_PORT, RATE_BYTES_PER_S, limit_bytes=10 * SIZE)
    return made


def send(router: Router, now_ns: int, *ports: int) -> list[tuple[int, int]]:
    """Send frames of these flows; (source port, time) of what has left by now."""
    frames = [(IN_PORT, frame(port, size=SIZE)) for port in ports]
    sent = router.switch.process(frames, now_ns)
    return [(int.from_bytes(p.data[34:36], "big"), p.at_ns) for p in sent]


def test_frames_leave_one_transmission_time_apart(router: Router) -> None:
    left = send(router, 1000, *[OTHER] * 4) + send(router, 1000 + 10 * NS_PER_FRAME)
    assert left == [(OTHER, 1000 + i * NS_PER_FRAME) for i in range(4)]


def test_a_frame_waits_until_its_time_has_come(router: Router) -> None:
    assert len(send(router, 1000, OTHER, OTHER)) == 1
    assert send(router, 1000 + NS_PER_FRAME - 1) == []
    assert len(send(router, 1000 + NS_PER_FRAME)) == 1


def test_a_higher_class_overtakes_all_but_the_frame_on_the_wire(router: Router) -> None:
    first = send(router, 1000, OTHER, OTHER, OTHER)
    rest = send(router, 1001, RESERVED) + send(router, 10**9)
    assert [flow for flow, _ in first + rest] == [OTHER, RESERVED, OTHER, OTHER]
    assert rest[0][1] == 1000 + NS_PER_FRAME


def test_a_flood_below_never_costs_a_reserved_flow_a_frame(router: Router) -> None:
    left = []
    for turn in range(40):
        now_ns = 1000 + turn * 4 * NS_PER_FRAME
        left += send(router, now_ns, *[OTHER] * 20, RESERVED)
    left += send(router, 10**9)
    reserved = [at for flow, at in left if flow == RESERVED]
    assert len(reserved) == 40
    for turn, at in enumerate(reserved):
        assert at - (1000 + turn * 4 * NS_PER_FRAME) <= NS_PER_FRAME


def test_what_does_not_fit_a_queue_is_dropped_at_its_tail(router: Router) -> None:
    left = send(router, 1000, *[OTHER] * 15) + send(router, 10**9)
    assert len(left) == 10


def test_a_port_made_unshaped_again_lets_frames_through_at_once(router: Router) -> None:
    router.switch.engines[0].shape(OUT_PORT, 0, limit_bytes=0)
    assert [at for _, at in send(router, 1000, OTHER, OTHER)] == [1000, 1000]
