"""The project's own program on the embedded switch, with the jit and without."""

import random
import struct

import pytest

from p4rsvp.dataplane.entities import CounterEntry, MeterConfig
from tests.softswitch.router import (
    IN_PORT,
    NEXT_MAC,
    OUT_MAC,
    OUT_PORT,
    Router,
    checksum,
    frame,
)

ONE_PACKET = MeterConfig(1, 128, 1, 128)


def connected(*, plain: bool) -> Router:
    router = Router(plain=plain)
    router.connect()
    router.reserve(5, 5000, ONE_PACKET)
    return router


@pytest.fixture
def router() -> Router:
    return connected(plain=True)


def test_a_packet_is_routed_with_new_addresses_hop_count_and_checksum(router: Router) -> None:
    (sent,) = router.switch.process([(IN_PORT, frame(ttl=9))], 1000)
    assert sent.port == OUT_PORT
    assert sent.data[:12] == NEXT_MAC.to_bytes(6, "big") + OUT_MAC.to_bytes(6, "big")
    assert sent.data[22] == 8
    assert checksum(sent.data[14:34]) == 0
    assert sent.data[34:] == frame()[34:]


def test_a_packet_with_a_wrong_checksum_goes_nowhere(router: Router) -> None:
    damaged = bytearray(frame())
    damaged[16] ^= 1
    assert router.switch.process([(IN_PORT, bytes(damaged))], 1000) == []


@pytest.mark.parametrize("length", range(0, 128, 7))
def test_a_packet_cut_short_anywhere_never_stops_the_switch(router: Router, length: int) -> None:
    router.switch.process([(IN_PORT, frame()[:length])], 1000)
    assert len(router.switch.process([(IN_PORT, frame())], 1000)) == 1


def test_the_second_packet_of_a_reservation_of_one_is_excess(router: Router) -> None:
    router.switch.process([(IN_PORT, frame(5000)), (IN_PORT, frame(5000))], 2_000_000_000)
    counter = next(i for i, c in router.switch.counters.items() if "reservation" in c.info.name)
    cells = [next(router.switch.read(CounterEntry(counter, 5 * 4 + v))) for v in range(4)]
    counted = [c.data.packet_count for c in cells if isinstance(c, CounterEntry)]
    assert sum(counted) == 2


def _random_frames(seed: int) -> list[tuple[int, bytes]]:
    """Frames of every kind that the parser tells apart, many of them damaged."""
    rng = random.Random(seed)  # noqa: S311 (it picks test frames)
    frames = []
    for _ in range(200):
        data = bytearray(frame(rng.choice([5000, 5001]), size=rng.randrange(60, 300)))
        for _ in range(rng.choice([0, 0, 1, 4])):
            data[rng.randrange(len(data))] = rng.choice([0, 0x45, 0x46, 0x60, 0x86, 0xDD, 255])
        if rng.random() < 0.3:
            data[12:14] = struct.pack("!H", rng.choice([0x86DD, 0x8100, 0x0806]))
        frames.append((rng.choice([IN_PORT, 510, 7]), bytes(data[: rng.randrange(1, len(data))])))
    return [*frames, (IN_PORT, frame(5000)), (IN_PORT, frame(5001))]


@pytest.mark.kernel
def test_the_jitted_pipeline_does_exactly_what_its_source_does() -> None:
    plain, jitted = connected(plain=True), connected(plain=False)
    for seed in range(5):
        frames = _random_frames(seed)
        now_ns = 2_000_000_000 + seed * 1_000_000
        assert jitted.switch.process(frames, now_ns) == plain.switch.process(frames, now_ns)
    places = plain.switch.generated.places
    for base in places.counters.values():
        words = slice(base, base + 2048)
        assert plain.switch.mem[words].tolist() == jitted.switch.mem[words].tolist()
