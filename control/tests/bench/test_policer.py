"""The traffic of `p4rsvp bench policer` is such that the policers have something to decide."""

import numpy as np
import pytest

from p4rsvp.bench.policer import METERS, PERIOD_NS, meters_of_the_switch, rate_bytes_per_s, traffic
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.kernels.meter import judge


@pytest.mark.kernel
def test_all_colours_come_up() -> None:
    meters = 64
    mem = jit.view(meters_of_the_switch(meters), plain=jit.JIT_DISABLED)
    order, lengths = traffic(meters, 20_000)
    now_ns, colours = 0, []
    for meter, length in zip(order.tolist(), lengths.tolist(), strict=True):
        now_ns += int(PERIOD_NS)
        numbers = (jit.u64(number) for number in (8 * meter, length, now_ns))
        colours.append(int(judge(mem, *numbers)))
    shares = np.bincount(colours, minlength=3) / len(colours)
    assert shares.min() > 0.03, shares


def test_a_meter_is_offered_twice_its_rate_however_many_there_are() -> None:
    for meters in METERS:
        packets_a_second = 10**9 / (meters * int(PERIOD_NS))
        assert packets_a_second * 782 == pytest.approx(2 * rate_bytes_per_s(meters), rel=0.05)
