"""Generated arithmetic against Python's own unbounded integers."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.codegen.emitter import Emitter
from p4rsvp.softswitch.codegen.values import Arithmetic, Value, limbs_for
from p4rsvp.softswitch.compiler import load_plain
from tests.softswitch.limits import unhurried

WIDTHS = st.sampled_from([1, 4, 8, 9, 16, 31, 32, 33, 48, 63, 64, 65, 128, 130])
HELPERS = load_plain(
    "from p4rsvp.softswitch.kernels.numbers import shift_left, shift_right, shift_right_signed\n"
)


class Bench:
    """Emits an expression over named inputs and evaluates it."""

    def __init__(self) -> None:
        self.out = Emitter()
        self.math = Arithmetic(self.out)
        self.names: dict[str, Any] = dict(HELPERS)

    def input(self, value: int, width: int) -> Value:
        limbs = []
        for index in range(limbs_for(width)):
            name = f"in{len(self.names)}"
            self.names[name] = (value >> 64 * index) & ((1 << 64) - 1)
            limbs.append(name)
        return Value(tuple(limbs), width)

    def number(self, value: Value) -> int:
        total = sum(self._eval(value.limb(i)) << 64 * i for i in range(len(value.limbs)))
        if value.signed and total >> (64 * len(value.limbs) - 1):
            total -= 1 << 64 * len(value.limbs)
        return total

    def boolean(self, code: str) -> bool:
        return bool(self._eval(code))

    def _eval(self, code: str) -> int:
        names = {n: jit.PLAIN["u64"](v) for v, n in self.out.constants.items()} | self.names
        body = "\n".join(line.strip() for line in self.out.lines)
        exec(body, names)  # noqa: S102 (the code under test)
        return eval(code, names)  # type: ignore[no-any-return]  # noqa: S307


pairs = st.tuples(WIDTHS, WIDTHS).flatmap(
    lambda w: st.tuples(
        st.just(w[0]),
        st.integers(0, (1 << w[0]) - 1),
        st.just(w[1]),
        st.integers(0, (1 << w[1]) - 1),
    )
)


@unhurried
@given(pairs)
def test_sums_and_differences_are_exact(pair: tuple[int, int, int, int]) -> None:
    wa, a, wb, b = pair
    bench = Bench()
    x, y = bench.input(a, wa), bench.input(b, wb)
    assert bench.number(bench.math.add(x, y)) == a + b
    assert bench.number(bench.math.subtract(x, y)) == a - b


@unhurried
@given(pairs)
def test_bitwise_operators_are_exact(pair: tuple[int, int, int, int]) -> None:
    wa, a, wb, b = pair
    bench = Bench()
    x, y = bench.input(a, wa), bench.input(b, wb)
    assert bench.number(bench.math.bitwise("&", x, y)) == a & b
    assert bench.number(bench.math.bitwise("|", x, y)) == a | b
    assert bench.number(bench.math.bitwise("^", x, y)) == a ^ b
    assert bench.number(bench.math.invert(x)) == ~a


@unhurried
@given(pairs)
def test_comparisons_are_exact_also_between_signs(pair: tuple[int, int, int, int]) -> None:
    wa, a, wb, b = pair
    bench = Bench()
    x, y = bench.input(a, wa), bench.input(b, wb)
    difference = bench.math.subtract(x, y)
    zero = bench.math.const(0)
    assert bench.boolean(bench.math.less(x, y)) == (a < b)
    assert bench.boolean(bench.math.equal(x, y)) == (a == b)
    assert bench.boolean(bench.math.less(difference, zero)) == (a - b < 0)
    assert bench.boolean(bench.math.equal(difference, zero)) == (a == b)


@unhurried
@given(pairs, st.integers(0, 140))
def test_shifts_by_constants_are_exact(pair: tuple[int, int, int, int], amount: int) -> None:
    wa, a, _, _ = pair
    bench = Bench()
    x = bench.input(a, wa)
    assert bench.number(bench.math.shift_left(x, amount)) == a << amount
    assert bench.number(bench.math.shift_right(x, amount)) == a >> amount


@unhurried
@given(st.integers(-(1 << 63), (1 << 63) - 1), st.integers(0, 200))
def test_shifting_a_negative_number_right_keeps_its_sign(a: int, amount: int) -> None:
    bench = Bench()
    signed = bench.math.sign_extend(bench.input(a & ((1 << 64) - 1), 64), 64)
    assert bench.number(bench.math.shift_right(signed, amount)) == a >> amount


@unhurried
@given(pairs, WIDTHS)
def test_truncation_keeps_the_low_bits_of_any_result(
    pair: tuple[int, int, int, int], width: int
) -> None:
    wa, a, wb, b = pair
    bench = Bench()
    x, y = bench.input(a, wa), bench.input(b, wb)
    ones = (1 << width) - 1
    assert bench.number(bench.math.truncate(bench.math.subtract(x, y), width)) == (a - b) & ones
    assert bench.number(bench.math.truncate(bench.math.add(x, y), width)) == (a + b) & ones


@unhurried
@given(pairs)
def test_the_low_word_of_a_product_is_right_however_wide_the_operands(
    pair: tuple[int, int, int, int],
) -> None:
    wa, a, wb, b = pair
    bench = Bench()
    product = bench.math.multiply(bench.input(a, wa), bench.input(b, wb))
    assert bench.number(bench.math.truncate(product, 64)) == a * b % (1 << 64)


@unhurried
@given(pairs, st.sampled_from([4, 8, 16, 32, 64]), st.booleans())
def test_saturation_clamps_to_the_range(
    pair: tuple[int, int, int, int],
    width: int,
    signed: bool,  # noqa: FBT001 (drawn)
) -> None:
    wa, a, wb, b = pair
    assume(wa <= 64 and wb <= 64)
    bench = Bench()
    difference = bench.math.subtract(bench.input(a, wa), bench.input(b, wb))
    low, high = (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
    clamped = bench.math.saturate(difference, width, signed=signed)
    assert bench.number(clamped) == max(low, min(high, a - b))


def test_what_cannot_be_computed_is_refused_and_not_guessed() -> None:
    bench = Bench()
    wide = bench.math.multiply(bench.input(1, 64), bench.input(1, 64))
    with pytest.raises(Unsupported, match="128 bits"):
        bench.math.equal(wide, bench.math.const(1))
