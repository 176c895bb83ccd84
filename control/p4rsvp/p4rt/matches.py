"""Match fields and match keys (9.1.1): FieldMatch messages <-> the positional tuple of entities.py.

A key is compiled once from the P4Info: field id -> place in the tuple and how to read it. A field
that is not given is "don't care" and stands as None; writing it out in full (a prefix of length 0,
a mask of zeros, the whole range) is malformed, so that every key has one form only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from operator import rshift
from typing import Final

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import Match, MatchValue
from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.p4rt import bytestrings

_Kind = p4i.MatchField.MatchType


class Field(ABC):
    """One field of a key: its name as errors show it, its width, and how its values look."""

    oneof = ""
    required = False

    def __init__(self, field_id: int, bitwidth: int, what: str) -> None:
        self.field_id: Final = field_id
        self.bitwidth: Final = bitwidth
        self.what: Final = what

    @abstractmethod
    def decode(self, item: p4r.FieldMatch) -> MatchValue:
        """Read the value of a field that is given."""

    @abstractmethod
    def encode(self, value: MatchValue, item: p4r.FieldMatch) -> None:
        """Write a value that is not None."""

    def malformed(self, item: p4r.FieldMatch, why: str) -> ControlError:
        """Say what is wrong; first of all, whether the value is of another match kind."""
        given = item.WhichOneof("field_match_type")
        if given != self.oneof:
            why = f"{given or 'no'} value given, it is matched by {self.oneof}"
        return ControlError(Status.INVALID_ARGUMENT, f"{self.what}: {why}")

    def misfit(self, item: p4r.FieldMatch, *strings: bytes) -> ControlError:
        """Blame the value's kind, or else the first string that does not fit."""
        if item.WhichOneof("field_match_type") != self.oneof:
            return self.malformed(item, "")
        wrong = next(s for s in strings if not s or int.from_bytes(s) >> self.bitwidth)
        return bytestrings.misfit(wrong, self.bitwidth, self.what)


class Exact(Field):
    """The value itself; never left out."""

    oneof = "exact"
    required = True

    def decode(self, item: p4r.FieldMatch) -> MatchValue:
        string = item.exact.value
        value = int.from_bytes(string)
        if not string or value >> self.bitwidth:
            raise self.misfit(item, string)
        return value

    def encode(self, value: MatchValue, item: p4r.FieldMatch) -> None:
        assert isinstance(value, int)
        item.exact.value = bytestrings.encode(value)


class Optional(Field):
    """The value itself, or don't care."""

    oneof = "optional"

    def decode(self, item: p4r.FieldMatch) -> MatchValue:
        string = item.optional.value
        value = int.from_bytes(string)
        if not string or value >> self.bitwidth:
            raise self.misfit(item, string)
        return value

    def encode(self, value: MatchValue, item: p4r.FieldMatch) -> None:
        assert isinstance(value, int)
        item.optional.value = bytestrings.encode(value)


class Lpm(Field):
    """A prefix; no bits behind it, no prefix of length 0."""

    oneof = "lpm"

    def decode(self, item: p4r.FieldMatch) -> MatchValue:
        string, length = item.lpm.value, item.lpm.prefix_len
        value = int.from_bytes(string)
        if not string or value >> self.bitwidth:
            raise self.misfit(item, string)
        if not 0 < length <= self.bitwidth:
            raise self.malformed(
                item, f"prefix_len {length} is not in 1..{self.bitwidth}; leave out what is 0"
            )
        if value & (1 << self.bitwidth - length) - 1:
            raise self.malformed(item, f"value has bits behind its prefix of {length}")
        return value, length

    def encode(self, value: MatchValue, item: p4r.FieldMatch) -> None:
        assert isinstance(value, tuple)
        item.lpm.value, item.lpm.prefix_len = bytestrings.encode(value[0]), value[1]


class Ternary(Field):
    """A value under a mask; no bits outside the mask, no mask of zeros."""

    oneof = "ternary"

    def decode(self, item: p4r.FieldMatch) -> MatchValue:
        strings = item.ternary.value, item.ternary.mask
        value, mask = map(int.from_bytes, strings)
        if not all(strings) or (value | mask) >> self.bitwidth:
            raise self.misfit(item, *strings)
        if not mask:
            raise self.malformed(item, "mask is 0; leave out a field that does not matter")
        if value & ~mask:
            raise self.malformed(item, "value has bits outside its mask")
        return value, mask

    def encode(self, value: MatchValue, item: p4r.FieldMatch) -> None:
        assert isinstance(value, tuple)
        item.ternary.value, item.ternary.mask = map(bytestrings.encode, value)


class Range(Field):
    """Values from low to high; not all of them."""

    oneof = "range"

    def decode(self, item: p4r.FieldMatch) -> MatchValue:
        strings = item.range.low, item.range.high
        low, high = map(int.from_bytes, strings)
        if not all(strings) or (low | high) >> self.bitwidth:
            raise self.misfit(item, *strings)
        if low > high:
            raise self.malformed(item, f"low {low} is above high {high}")
        if low == 0 and high == (1 << self.bitwidth) - 1:
            raise self.malformed(item, "range holds every value; leave out what does not matter")
        return low, high

    def encode(self, value: MatchValue, item: p4r.FieldMatch) -> None:
        assert isinstance(value, tuple)
        item.range.low, item.range.high = map(bytestrings.encode, value)


_FIELDS: Final[dict[int, type[Field]]] = {
    _Kind.EXACT: Exact,
    _Kind.LPM: Lpm,
    _Kind.TERNARY: Ternary,
    _Kind.RANGE: Range,
    _Kind.OPTIONAL: Optional,
}


def compile_field(field: p4i.MatchField, of: str) -> Field:
    """Choose how to read a field by its match type."""
    what = f"{of}, match field {field.name or field.id}"
    kind = _FIELDS.get(field.match_type)
    if kind is None:
        raise Unsupported(f"{what}: match type {field.other_match_type or field.match_type}")
    if not field.bitwidth:
        raise Unsupported(f"{what}: values translated to strings")
    return kind(field.id, field.bitwidth, what)


class Key:
    """The match key of one table or value set."""

    def __init__(self, what: str, fields: Sequence[p4i.MatchField]) -> None:
        self.fields: Final = tuple(compile_field(field, what) for field in fields)
        self.what: Final = what
        self._places: dict[int, tuple[int, Callable[[p4r.FieldMatch], MatchValue]]] = {
            field.field_id: (place, field.decode) for place, field in enumerate(self.fields)
        }
        self._required = tuple(p for p, field in enumerate(self.fields) if field.required)
        self._all_exact = all(isinstance(field, Exact) for field in self.fields)
        self._ids = [field.field_id for field in self.fields]
        self._bitwidths = [field.bitwidth for field in self.fields]

    def decode(self, given: Iterable[p4r.FieldMatch]) -> Match:
        """Read a key; its fields may come in any order.

        The key of an exact table whose fields are sound and in the order of the P4Info, which is
        nearly every one that is ever written, is read by whole lists.
        """
        if self._all_exact:
            ids, strings = [], []
            for item in given:
                ids.append(item.field_id)
                strings.append(item.exact.value)
            values = tuple(map(int.from_bytes, strings))
            if ids == self._ids and all(strings) and not any(map(rshift, values, self._bitwidths)):
                return values
        return self._decode_any(given)

    def _decode_any(self, items: Iterable[p4r.FieldMatch]) -> Match:
        match: list[MatchValue] = [None] * len(self.fields)
        places = self._places
        for item in items:
            found = places.get(item.field_id)
            if found is None:
                raise self._malformed(f"no match field has id {item.field_id}")
            place, decode = found
            if match[place] is not None:
                raise self._malformed(f"match field {item.field_id} is given twice")
            match[place] = decode(item)
        if None in match:
            for place in self._required:
                if match[place] is None:
                    what = self.fields[place].what
                    raise ControlError(Status.INVALID_ARGUMENT, f"{what} is missing")
        return tuple(match)

    def encode(self, match: Match, entry: p4r.TableEntry | p4r.ValueSetMember) -> None:
        """Write a key, without the fields that do not matter."""
        for field, value in zip(self.fields, match, strict=True):
            if value is not None:
                field.encode(value, entry.match.add(field_id=field.field_id))

    def _malformed(self, why: str) -> ControlError:
        return ControlError(Status.INVALID_ARGUMENT, f"{self.what}: {why}")
