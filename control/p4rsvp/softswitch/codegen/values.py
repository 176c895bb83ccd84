"""Integers of any width as 64-bit limbs: the arithmetic of bmv2's expressions in generated code.

bmv2 computes with unbounded integers and truncates on assignment; p4c wraps what must wrap in
masks. So a `Value` is exact: limbs from the low end, a bound on its width, and whether it may be
negative (then it is kept sign-extended in two's complement). A limb that we cannot compute is
None, which is harmless where a mask drops it and refused where it would be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter

LIMB = 64
ALL = (1 << LIMB) - 1
SIGN = 1 << (LIMB - 1)


def limbs_for(width_bits: int) -> int:
    """How many words hold this many bits."""
    return max(1, -(-width_bits // LIMB))


@dataclass(frozen=True, slots=True)
class Value:
    """An exact integer: each limb is an expression of type u64."""

    limbs: tuple[str | None, ...]
    width: int
    signed: bool = False
    loose: str | None = (
        None  # of a narrow value: code that agrees in its low `width` bits, unmasked
    )
    constant: int | None = None

    @property
    def code(self) -> str:
        """The only limb of a narrow value."""
        return self.limb(0)

    def limb(self, index: int) -> str:
        """One limb that must be there."""
        code = self.limbs[index]
        if code is None:
            raise Unsupported(f"arithmetic on {self.width} bits")
        return code


class Arithmetic:
    """The operators; each answers with code, and may put temporaries into the emitter first."""

    def __init__(self, out: Emitter) -> None:
        self.out = out

    def const(self, value: int) -> Value:
        """A constant; negative ones are signed."""
        signed = value < 0
        width = max((value if not signed else ~value).bit_length() + signed, 1)
        limbs = tuple(self.out.const(value >> (LIMB * i)) for i in range(limbs_for(width)))
        return Value(limbs, width, signed, constant=value)

    def extend(self, value: Value, count: int) -> list[str | None]:
        """The limbs of a value on `count` words."""
        limbs = list(value.limbs[:count])
        if len(limbs) < count:
            fill = self.out.const(0)
            if value.signed:
                top = value.limb(len(value.limbs) - 1)
                fill = f"({self.out.const(ALL)} if {top} >= {self.out.const(SIGN)} else {fill})"
            limbs += [fill] * (count - len(limbs))
        return limbs

    def truncate(self, value: Value, width: int) -> Value:
        """The low `width` bits, as an unsigned value."""
        if not value.signed and value.width <= width:
            return value
        if value.loose is not None and width <= value.width:
            return Value((f"({value.loose} & {self.out.mask(width)})",), width, loose=value.loose)
        count = limbs_for(width)
        limbs = self.extend(value, count)
        spare = width - LIMB * (count - 1)
        loose = limbs[0] if count == 1 else None
        if spare < LIMB and limbs[-1] is not None:
            limbs[-1] = f"({limbs[-1]} & {self.out.mask(spare)})"
        return Value(tuple(limbs), width, loose=loose)

    def sign_extend(self, value: Value, width: int) -> Value:
        """Read the low `width` bits as two's complement."""
        low = self.truncate(value, width)
        count = limbs_for(width)
        spare = width - LIMB * (count - 1)
        limbs = list(low.limbs)
        if spare < LIMB:
            sign = self.out.const(1 << (spare - 1))
            limbs[-1] = f"((({limbs[-1]} ^ {sign}) - {sign}) & {self.out.const(ALL)})"
        return Value(tuple(limbs), width, signed=True)

    def add(self, a: Value, b: Value) -> Value:
        """The sum, one bit wider."""
        signed = a.signed or b.signed
        width = max(self._signed_width(a, signed), self._signed_width(b, signed)) + 1
        return self._chain(a, b, width, signed=signed, negate=False)

    def subtract(self, a: Value, b: Value) -> Value:
        """The difference, which may be negative."""
        width = max(self._signed_width(a, signed=True), self._signed_width(b, signed=True)) + 1
        return self._chain(a, b, width, signed=True, negate=True)

    def multiply(self, a: Value, b: Value) -> Value:
        """The product; above 64 bits only its low word is known."""
        signed = a.signed or b.signed
        width = self._signed_width(a, signed) + self._signed_width(b, signed)
        low = f"(({a.limb(0)} * {b.limb(0)}) & {self.out.const(ALL)})"
        return Value((low, *[None] * (limbs_for(width) - 1)), width, signed)

    def divide(self, a: Value, b: Value, op: str) -> Value:
        """`/` or `%` of narrow unsigned values; by zero gives zero."""
        if a.signed or b.signed or a.width > LIMB or b.width > LIMB:
            raise Unsupported(f"{op} on signed or wide operands")
        zero = self.out.const(0)
        python = "//" if op == "/" else "%"
        code = f"(({a.code} {python} {b.code}) if {b.code} != {zero} else {zero})"
        return Value((code,), a.width)

    def bitwise(self, op: str, a: Value, b: Value) -> Value:
        """&, | or ^; the and of anything with an unsigned value is unsigned and no wider."""
        if op == "&":
            for mask, other in ((a, b), (b, a)):
                ones = mask.constant
                if ones is not None and ones >= 0 and ones & (ones + 1) == 0:
                    return self.truncate(other, ones.bit_length()) if ones else mask
        unsigned = [v.width for v in (a, b) if not v.signed]
        if op == "&" and unsigned:
            width, signed = min(unsigned), False
        else:
            signed = a.signed or b.signed
            width = max(self._signed_width(a, signed), self._signed_width(b, signed))
        count = limbs_for(width)
        pairs = zip(self.extend(a, count), self.extend(b, count), strict=True)
        limbs = [None if x is None or y is None else f"({x} {op} {y})" for x, y in pairs]
        return Value(tuple(limbs), width, signed)

    def invert(self, a: Value) -> Value:
        """~a, which is -a - 1."""
        width = self._signed_width(a, signed=True)
        ones = self.out.const(ALL)
        limbs = self.extend(a, limbs_for(width))
        return Value(
            tuple(None if x is None else f"({x} ^ {ones})" for x in limbs), width, signed=True
        )

    def shift_left(self, a: Value, amount: int | Value) -> Value:
        """The value times a power of two."""
        if isinstance(amount, Value):
            if amount.width > LIMB:
                raise Unsupported("shift by a wide amount")
            code = f"shift_left({a.limb(0)}, {amount.code})"
            return Value((code, *[None] * len(a.limbs)), LIMB * (len(a.limbs) + 1), a.signed)
        width = a.width + amount
        words, bits = divmod(amount, LIMB)
        count = limbs_for(width)
        source = self.extend(a, count)
        limbs = [self._join(source, i - words, LIMB - bits) for i in range(words, count)]
        return Value((*[self.out.const(0)] * words, *limbs), width, a.signed)

    def shift_right(self, a: Value, amount: int | Value) -> Value:
        """A >> amount, arithmetic where a is signed."""
        if isinstance(amount, Value):
            if a.width > LIMB or amount.width > LIMB:
                raise Unsupported("dynamic shift of a wide value")
            name = "shift_right_signed" if a.signed else "shift_right"
            return Value((f"{name}({a.code}, {amount.code})",), a.width, a.signed)
        if a.signed:
            return self._shift_right_signed(a, amount)
        if amount >= a.width:
            return self.const(0)
        width = a.width - amount
        words, bits = divmod(amount, LIMB)
        source = [*a.limbs, self.out.const(0)]
        limbs = [self._join(source, i + words + 1, bits) for i in range(limbs_for(width))]
        return Value(tuple(limbs), width)

    def equal(self, a: Value, b: Value) -> str:
        """A boolean expression."""
        count = max(len(a.limbs), len(b.limbs))
        if a.signed != b.signed:
            count = limbs_for(max(a.width, b.width) + 1)
        pairs = zip(self._known(a, count), self._known(b, count), strict=True)
        return "(" + " & ".join(f"({x} == {y})" for x, y in pairs) + ")"

    def less(self, a: Value, b: Value) -> str:
        """A < b as a boolean expression."""
        signed = a.signed or b.signed
        width = max(self._signed_width(a, signed), self._signed_width(b, signed))
        count = limbs_for(width)
        x, y = self._known(a, count), self._known(b, count)
        if signed:
            flip = self.out.const(SIGN)
            x[-1], y[-1] = f"({x[-1]} ^ {flip})", f"({y[-1]} ^ {flip})"
        code = f"({x[0]} < {y[0]})"
        for high_x, high_y in zip(x[1:], y[1:], strict=True):
            code = f"(({high_x} < {high_y}) | (({high_x} == {high_y}) & {code}))"
        return code

    def select(self, condition: str, a: Value, b: Value) -> Value:
        """`a if condition else b`."""
        signed = a.signed or b.signed
        width = max(self._signed_width(a, signed), self._signed_width(b, signed))
        count = limbs_for(width)
        choice = self.out.temp(condition, "cond")
        pairs = zip(self._known(a, count), self._known(b, count), strict=True)
        return Value(tuple(f"({x} if {choice} else {y})" for x, y in pairs), width, signed)

    def saturate(self, a: Value, width: int, *, signed: bool) -> Value:
        """Clamp into the range of `width` bits."""
        low = -(1 << (width - 1)) if signed else 0
        high = (1 << (width - signed)) - 1
        held = Value(
            tuple(self.out.temp(x) for x in self._known(a, len(a.limbs))), a.width, a.signed
        )
        bottom, top = self.const(low), self.const(high)
        inner = self.select(self.less(held, bottom), bottom, held)
        clamped = self.select(self.less(top, held), top, inner)
        return self.sign_extend(clamped, width) if signed else self.truncate(clamped, width)

    def _known(self, value: Value, count: int) -> list[str]:
        limbs = self.extend(value, count)
        for limb in limbs:
            if limb is None:
                raise Unsupported(f"arithmetic on {value.width} bits")
        return [str(limb) for limb in limbs]

    @staticmethod
    def _signed_width(value: Value, signed: bool) -> int:  # noqa: FBT001  # a plain helper of one line
        return value.width + (signed and not value.signed)

    def _join(self, limbs: list[str | None], high: int, bits: int) -> str | None:
        """64 bits out of limbs[high] : limbs[high - 1], starting `bits` up in the lower one."""
        zero = self.out.const(0)
        low = limbs[high - 1] if 0 <= high - 1 < len(limbs) else zero
        top = limbs[high] if 0 <= high < len(limbs) else zero
        if bits == 0:
            return low
        if bits == LIMB:
            return top
        if low is None or top is None:
            return None
        upper = f"(({top} << {self.out.const(LIMB - bits)}) & {self.out.const(ALL)})"
        if low == zero:
            return upper
        lower = f"({low} >> {self.out.const(bits)})"
        return lower if top == zero else f"({lower} | {upper})"

    def _shift_right_signed(self, a: Value, amount: int) -> Value:
        if a.width > LIMB:
            raise Unsupported("shift of a wide signed value")
        code = f"shift_right_signed({a.code}, {self.out.const(amount)})"
        return Value((code,), max(a.width - amount, 1), signed=True)

    def _chain(self, a: Value, b: Value, width: int, *, signed: bool, negate: bool) -> Value:
        """Add or subtract limb by limb with carries."""
        count = limbs_for(width)
        op = "-" if negate else "+"
        xs, ys = self.extend(a, count), self.extend(b, count)
        ones, zero, one = self.out.const(ALL), self.out.const(0), self.out.const(1)
        if count == 1:
            loose = f"({xs[0]} {op} {ys[0]})"
            return Value((f"({loose} & {ones})",), width, signed, loose)
        limbs: list[str | None] = []
        carry = zero
        for x, y in zip(xs, ys, strict=True):
            if x is None or y is None:
                limbs.append(None)
                continue
            part = self.out.temp(f"({x} {op} {y}) & {ones}")
            total = self.out.temp(f"({part} {op} {carry}) & {ones}")
            over = (
                f"({part} > {x}) | ({total} > {part})"
                if negate
                else f"({part} < {x}) | ({total} < {part})"
            )
            carry = self.out.temp(f"{one} if {over} else {zero}")
            limbs.append(total)
        return Value(tuple(limbs), width, signed)
