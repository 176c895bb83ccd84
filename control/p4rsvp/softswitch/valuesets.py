"""The parser's value sets as a controller fills them (P4Runtime 9.6): whole, and only by MODIFY."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from p4rsvp.dataplane.entities import Update, UpdateType, ValueSetEntry
from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.dataplane.matches import match_fault
from p4rsvp.softswitch.codegen.places import VALUE_SET_WORDS
from p4rsvp.softswitch.codegen.values import limbs_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import Match
    from p4rsvp.dataplane.p4info import InfoValueSet
    from p4rsvp.softswitch.ir import program

ONES = (1 << 64) - 1


class ValueSet:
    """One value set, in the arena at `base` (kernels/valuesets.py)."""

    def __init__(
        self, info: InfoValueSet, value_set: program.ValueSet, base: int, mem: NDArray[np.uint64]
    ) -> None:
        if tuple(field.width_bits for field in info.match) != value_set.width_bits:
            raise Unsupported(f"value set {info.name}: its fields are not the key of its select")
        for field in info.match:
            if field.kind == "range" and field.width_bits > 64:
                raise Unsupported(f"value set {info.name}: a range of {field.width_bits} bits")
        self.info = info
        self.base = base
        self.mem = mem
        self.entry = ValueSetEntry(info.id)

    def apply(self, kind: UpdateType, entry: ValueSetEntry) -> Update:
        """Replace the members; answers what undoes it."""
        if kind != UpdateType.MODIFY:
            raise self._refuse(Status.INVALID_ARGUMENT, "can only be modified")
        if len(entry.members) > self.info.size:
            raise self._refuse(Status.RESOURCE_EXHAUSTED, f"holds {self.info.size} members")
        for member in entry.members:
            self._check(member)
        if len(set(entry.members)) < len(entry.members):
            raise self._refuse(Status.ALREADY_EXISTS, "a member is given twice")
        words = [len(entry.members)]
        for member in entry.members:
            words += self._words(member)
        self.mem[self.base : self.base + len(words)] = words
        undo = Update(UpdateType.MODIFY, self.entry)
        self.entry = replace(entry)
        return undo

    def read(self) -> ValueSetEntry:
        """What it holds."""
        return replace(self.entry)

    def _check(self, member: Match) -> None:
        if len(member) != len(self.info.match):
            what = f"{len(member)} match fields, not {len(self.info.match)}"
            raise self._refuse(Status.INVALID_ARGUMENT, what)
        for field, part in zip(self.info.match, member, strict=True):
            why = match_fault(field.kind, field.width_bits, part)
            if why is not None:
                raise self._refuse(why[0], f"match field {field.name or field.id}: {why[1]}")

    def _words(self, member: Match) -> list[int]:
        """Mask, value, lowest and highest of each word."""
        words: list[int] = []
        for field, part in zip(self.info.match, member, strict=True):
            is_range = field.kind == "range"
            low, high = _bounds(part) if is_range else (0, ONES)
            value, mask = (0, 0) if is_range else _masked(field.kind, field.width_bits, part)
            for limb in range(limbs_for(field.width_bits)):
                words += [mask >> 64 * limb & ONES, (value & mask) >> 64 * limb & ONES, low, high]
        assert len(words) % VALUE_SET_WORDS == 0
        return words

    def _refuse(self, status: Status, what: str) -> ControlError:
        return ControlError(status, f"value set {self.info.name}: {what}")


def _bounds(part: Any) -> tuple[int, int]:
    return (0, ONES) if part is None else part


def _masked(kind: str, width: int, part: Any) -> tuple[int, int]:
    """Value and mask."""
    ones = (1 << width) - 1
    if part is None:
        return 0, 0
    if kind == "lpm":
        return part[0], ones ^ (ones >> part[1])
    return part if kind == "ternary" else (part, ones)
