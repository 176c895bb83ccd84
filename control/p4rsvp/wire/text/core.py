"""What every renderer of objects uses, and the renderer for objects that have none of their own.

`describe` is the table: a module beside this one registers a function for each object class, which
returns the lines of its text. Lists and byte strings are cut to what the eye can take in, with the
number of what was left out; the JSON has all of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from functools import singledispatch
from itertools import islice
from typing import Any

from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.objects import WireObject, field_names
from p4rsvp.wire.opaque import CLASS_NAMES, NullObject, Opaque, name_of

GAP = "  "  # between the quantities of one line
_MANY_BYTES = 32
_MANY_ITEMS = 12
_CLASS_NUMS = frozenset(ClassNum)


def label(item: WireObject) -> str:
    """The name of the object's class, as the RFCs write it."""
    return class_name(item.class_num)


def class_name(class_num: int) -> str:
    """The same for a bare class number."""
    if class_num in CLASS_NAMES:
        return CLASS_NAMES[class_num]
    return ClassNum(class_num).name if class_num in _CLASS_NUMS else f"class {class_num}"


def named(names: type[IntEnum], number: int, otherwise: str) -> str:
    """The number's name in an enumeration; `otherwise` says what it is where it has none."""
    return names(number).name if number in frozenset(names) else f"{otherwise} {number}"


def inline(item: object) -> str:
    """What there is to say of an object, in one line."""
    return GAP.join(describe(item))


@singledispatch
def describe(item: Any) -> list[str]:  # noqa: ANN401  # anything that a message may hold
    """The lines that say what is in an object; this one names every field."""
    values = ((name, getattr(item, name)) for name in field_names(item))
    return [GAP.join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in values)]


def contained(item: WireObject) -> Iterator[str]:
    """The lines of an object inside another: its name in front, what goes on indented."""
    first, *others = describe(item)
    yield f"{label(item)} {first}"
    for line in others:
        yield f"  {line}"


@describe.register
def _(item: Opaque) -> list[str]:
    """The C-Type's own name, then the bytes that we do not read."""
    kind = name_of(item.kind).removeprefix(label(item)).strip()
    return [GAP.join(filter(None, (kind, octets(item.data))))]


@describe.register
def _(item: NullObject) -> list[str]:
    return [octets(item.data)]


def plain(value: object) -> str:
    """A field of no particular meaning."""
    if isinstance(value, WireObject):
        return f"{label(value)} {inline(value)}"
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, bytes) and not isinstance(value, Address):
        return octets(value)
    if isinstance(value, tuple):
        return listed([plain(part) for part in value])
    return str(value)


def octets(data: bytes) -> str:
    """`8 bytes 0a000001 00000007`: hexadecimal in words, as far as it is short."""
    shown = data[:_MANY_BYTES]
    words = " ".join(shown[at : at + 4].hex() for at in range(0, len(shown), 4))
    rest = " ..." if len(data) > len(shown) else ""
    return f"{len(data)} bytes {words}{rest}".rstrip()


def listed(items: Sequence[object]) -> str:
    """`a, b, c and 5 more`."""
    shown = ", ".join(str(item) for item in islice(items, _MANY_ITEMS))
    more = len(items) - _MANY_ITEMS
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def joined(*parts: str | None) -> str:
    """The quantities of one line; None stands for one that is not there."""
    return GAP.join(part for part in parts if part)


def flags(value: int, names: Iterable[tuple[int, str]]) -> str | None:
    """The names of the flags that are set, and what is left over as a number."""
    set_names = []
    for bit, name in names:
        if value & bit:
            set_names.append(name)
            value &= ~int(bit)  # the complement of an IntFlag would drop bits that it lacks
    if value:
        set_names.append(f"flags {value:#04x}")
    return ", ".join(set_names) or None


def endpoint(address: Address, port: int) -> str:
    """`192.0.2.1:5004`, `[2001:db8::1]:5004`, or the bare address where the port is zero."""
    if not port:
        return str(address)
    return f"{address}:{port}" if address.version == 4 else f"[{address}]:{port}"
