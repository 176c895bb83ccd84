"""Several workers on one switch: each forwards by itself, and all are held to the same state."""

import threading
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from p4rsvp.dataplane.entities import CounterData, CounterEntry, MeterConfig, UpdateType
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.engine import Engine
from p4rsvp.softswitch.jit import Words, kernel, u64
from p4rsvp.softswitch.kernels.meter import EIGHT, ONE, ZERO, execute_meter, wire_bytes
from p4rsvp.softswitch.kernels.queues import PORT_WORDS, Port
from p4rsvp.softswitch.layout import Ctl
from p4rsvp.softswitch.ports.ring_socket import views
from p4rsvp.softswitch.state import write_meter
from tests.softswitch.router import IN_PORT, OUT_PORT, Router, frame

SIZE = 128
BURST_PACKETS = 6000
ROUNDS = 2
BATCH = 2000  # of each worker
TURNS = 40
RESERVATION = 7
NOW_NS = 2_000_000_000
MS = 1_000_000


@pytest.fixture
def router() -> Router:
    made = Router()
    made.switch.use_engines(2)
    made.connect()
    return made


def forward_at_once(router: Router, rounds: Callable[[Engine], None]) -> None:
    """Run each engine's rounds on a thread of its own."""
    threads = [threading.Thread(target=rounds, args=(e,)) for e in router.switch.engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def verdicts(router: Router) -> int:
    """Packets that the counters of the reservation have seen."""
    counter = next(i for i, c in router.switch.counters.items() if "reservation" in c.info.name)
    cells = [next(router.switch.read(CounterEntry(counter, RESERVATION * 4 + v))) for v in range(4)]
    return sum(cell.data.packet_count for cell in cells if isinstance(cell, CounterEntry))


@kernel
def greens(mem: Words, ctl: Words, packets: int) -> int:
    """How many of so many packets of a byte, at one time, a meter finds green."""
    found = ZERO
    for _ in range(packets):
        if execute_meter(mem, ctl, EIGHT, ONE, ONE) == ZERO:
            found += ONE
    return found


@pytest.mark.kernel
@pytest.mark.skipif(jit.JIT_DISABLED, reason="without the jit, engines take turns")
def test_a_meter_spends_its_tokens_once_whoever_comes() -> None:
    packets = 2_000_000
    state, control = np.zeros(16, dtype=np.uint64), np.zeros(Ctl.LISTS, dtype=np.uint64)
    control[Ctl.WORKERS] = 2
    write_meter(state, 8, MeterConfig(0, packets * 3 // 2, 0, packets * 3 // 2), 0)
    mem, ctl = views(state, control)
    assert greens(mem, ctl, ZERO) == 0  # compiled, so that both begin at once
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(int(greens(mem, ctl, u64(packets)))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == packets * 3 // 2


@pytest.mark.kernel
def test_two_workers_colour_and_count_as_one_would(router: Router) -> None:
    burst_bytes = BURST_PACKETS * int(wire_bytes(u64(SIZE)))  # as this meter counts
    bucket = MeterConfig(1, burst_bytes, 1, burst_bytes)
    router.reserve(RESERVATION, 5000, bucket)
    queues: Counter[int] = Counter()
    data = frame(5000, size=SIZE)
    for engine in router.switch.engines:  # conforming packets wait where they can be counted
        engine.shape(OUT_PORT, 1, limit_bytes=1 << 30)
        engine.queues[OUT_PORT * PORT_WORDS + Port.FREE_NS] = 1 << 62

    together = threading.Barrier(2)

    def rounds(engine: Engine) -> None:
        engine.queues[OUT_PORT * PORT_WORDS + Port.OWNER] = engine.number
        for _ in range(ROUNDS):
            for _ in range(BATCH):
                assert engine.receive(IN_PORT, data, NOW_NS)
            together.wait()
            router.switch.forward(engine, NOW_NS)

    forward_at_once(router, rounds)
    for engine in router.switch.engines:
        blocks = engine.queues[OUT_PORT * PORT_WORDS :][16 : 16 + 64].reshape(8, 8)
        for queue, packets in enumerate(blocks[:, 2].tolist()):
            queues[queue] += packets
    assert queues[3] == BURST_PACKETS
    assert queues[0] == 2 * ROUNDS * BATCH - BURST_PACKETS
    assert verdicts(router) == 2 * ROUNDS * BATCH


@pytest.mark.kernel
def test_a_counter_is_the_sum_of_what_all_have_counted_and_can_be_set(router: Router) -> None:
    router.reserve(RESERVATION, 5000, None)
    for engine in router.switch.engines:
        for _ in range(3):
            engine.receive(IN_PORT, frame(5000), NOW_NS)
        router.switch.forward(engine, NOW_NS)
    assert verdicts(router) == 6
    counter = next(i for i, c in router.switch.counters.items() if "reservation" in c.info.name)
    for verdict in range(4):
        entry = CounterEntry(counter, RESERVATION * 4 + verdict, CounterData(0, 0))
        assert router.write(UpdateType.MODIFY, entry) == [None]
    assert verdicts(router) == 0


@pytest.mark.kernel
def test_a_shaped_port_is_one_link_whoever_forwards_to_it(router: Router) -> None:
    rate_bytes_per_s = 1_250_000  # 10 Mbit/s: 128 bytes take 102,400 ns
    for engine in router.switch.engines:
        engine.shape(OUT_PORT, rate_bytes_per_s, limit_bytes=1 << 20)
    owner = router.switch.engines[OUT_PORT % 2]
    for number in range(20):
        engine = router.switch.engines[number % 2]
        engine.receive(IN_PORT, frame(5000, size=SIZE), NOW_NS)
        router.switch.forward(engine, NOW_NS)
    router.switch.forward(owner, NOW_NS + 10 * MS)
    times = [sent.at_ns - NOW_NS for sent in owner.collect()]
    assert times == [102_400 * n for n in range(20)]
    other = router.switch.engines[1 - OUT_PORT % 2]
    assert list(other.collect()) == []


@pytest.mark.kernel
def test_what_does_not_fit_between_two_workers_is_dropped_and_counted(router: Router) -> None:
    for engine in router.switch.engines:
        engine.shape(OUT_PORT, 1, limit_bytes=1 << 30)
    other = router.switch.engines[1 - OUT_PORT % 2]
    for _ in range(1100):
        other.receive(IN_PORT, frame(5000), NOW_NS)
    router.switch.forward(other, NOW_NS)
    assert int(other.ctl[Ctl.TAIL_DROP]) == 1100 - 1024
    assert int(other.ctl[Ctl.FREE]) == other.slots - 1
    owner = router.switch.engines[OUT_PORT % 2]
    router.switch.forward(owner, NOW_NS)
    waiting = int(owner.queues[OUT_PORT * PORT_WORDS + Port.WAITING])
    assert waiting + len(list(owner.collect())) == 1024


@pytest.mark.kernel
def test_a_write_waits_for_every_engine_and_is_seen_by_all(router: Router) -> None:
    router.reserve(RESERVATION, 5000, None)
    sent: Counter[int] = Counter()

    def rounds(engine: Engine) -> None:
        for _ in range(TURNS):
            engine.receive(IN_PORT, frame(5000), NOW_NS)
            router.switch.forward(engine, NOW_NS)
            sent[engine.number] += len(list(engine.collect()))
            if engine.number:
                continue
            rate = MeterConfig(1, 1500, 1, 1500)
            router.reserve(RESERVATION + 1 + sent[0], 6000 + sent[0], rate)

    forward_at_once(router, rounds)
    assert sent == {0: TURNS, 1: TURNS}


def test_the_plain_switch_lets_its_engines_take_turns() -> None:
    gate = Router(plain=True).switch.gate
    gate.admit()
    entered = threading.Event()

    def enter() -> None:
        with gate.forward(1):
            entered.set()

    with gate.forward(0):
        thread = threading.Thread(target=enter)
        thread.start()
        assert not entered.wait(0.05)
    thread.join()
    assert entered.is_set()
