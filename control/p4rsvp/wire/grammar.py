"""The shape of each message as a table: which objects, how many, in which recommended order.

RFC 2205 3.1.3 to 3.1.9 give each message a BNF whose order is recommended and, but for three rules,
not required: INTEGRITY comes first; STYLE and the flow descriptor list come last; the list follows
its own grammar (flows.py). A `Grammar` is such a BNF. It reads objects into the fields of a message
and lays the fields out as objects, so that neither direction knows any message by name.

What the grammar has no place for is kept with its position (`Placed`), so that it survives a round
trip; whether such an object is refused or forwarded (RFC 2205 3.10) is the engine's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.flows import LISTED, FlowDescriptor, flow_objects, read_flows
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import NullObject, Opaque


class Placed(NamedTuple):
    """An object that the grammar has no place for, and its index in its message."""

    position: int
    object: WireObject


class Part(NamedTuple):
    """One place in a grammar."""

    class_num: int
    field: str
    required: bool = True
    many: bool = False


def one(class_num: int, field: str) -> Part:
    """An object that must be there."""
    return Part(class_num, field)


def optional(class_num: int, field: str) -> Part:
    """An object that may be there once."""
    return Part(class_num, field, required=False)


def many(class_num: int, field: str) -> Part:
    """An object that may be there any number of times; its field is a tuple."""
    return Part(class_num, field, required=False, many=True)


def some(class_num: int, field: str) -> Part:
    """An object that must be there at least once; its field is a tuple."""
    return Part(class_num, field, many=True)


_STYLE = int(ClassNum.STYLE)  # an int compares several times as fast as an enum member

# RFC 2961 4.1: what may stand before the objects of any message.
LEAD = (
    optional(ClassNum.INTEGRITY, "integrity"),
    many(ClassNum.MESSAGE_ID_ACK, "acks"),
    optional(ClassNum.MESSAGE_ID, "message_id"),
)


class Grammar:
    """The parts of one message type, in the order that the RFC recommends."""

    def __init__(
        self,
        *parts: Part,
        lead: tuple[Part, ...] = LEAD,
        flows: bool = False,
        flowspec_required: bool = True,
    ) -> None:
        """`flows`: a STYLE and a flow descriptor list end the message."""
        self.parts = (*lead, *parts)
        self._by_class = {part.class_num: (part.field, part.many) for part in self.parts}
        self._values = attrgetter(*(part.field for part in self.parts))
        self._required = {part.field: part.class_num for part in self.parts if part.required}
        if flows:
            self._required["style"] = _STYLE
        self._flows = flows
        self._flowspec_required = flowspec_required

    def read(self, objects: Sequence[WireObject]) -> dict[str, Any]:
        """Sort objects into the fields of a message; an error's offset is the object's index."""
        fields: dict[str, Any] = {}
        lists: dict[str, list[WireObject]] = {}
        extras: list[Placed] = []
        place_of = self._by_class.get
        for index, item in enumerate(objects):
            class_num = item.class_num
            place = place_of(class_num)
            if place is None:
                if class_num == _STYLE and self._flows:
                    self._read_flows(objects, index, fields, extras)
                    break
                self._keep(index, item, extras)
                continue
            field, is_many = place
            if is_many:
                lists.setdefault(field, []).append(item)
            elif field in fields:
                raise DecodeError("the object stands twice", offset=index)
            else:
                fields[field] = item
        for field, items in lists.items():
            fields[field] = tuple(items)
        self._check(objects, fields)
        if extras:
            fields["extras"] = tuple(extras)
        return fields

    def _read_flows(
        self, objects: Sequence[WireObject], at: int, fields: dict[str, Any], extras: list[Placed]
    ) -> None:
        fields["style"] = objects[at]
        listed = objects[at + 1 :]
        if not LISTED.issuperset([item.class_num for item in listed]):
            listed = self._take_extras(objects, at, extras)
        try:
            fields["flows"] = read_flows(
                objects[at], listed, flowspec_required=self._flowspec_required
            )
        except DecodeError as error:
            # It counts what is listed, of which there is none before the STYLE.
            behind = [n for n in range(at + 1, len(objects)) if objects[n].class_num in LISTED]
            error.offset = [at, *behind][error.offset]
            raise

    def _take_extras(
        self, objects: Sequence[WireObject], at: int, extras: list[Placed]
    ) -> list[WireObject]:
        """Sort out what stands behind the STYLE and is not listed."""
        listed = []
        for index, item in enumerate(objects[at + 1 :], at + 1):
            class_num = item.class_num
            if class_num in LISTED:
                listed.append(item)
            elif class_num in self._by_class or class_num == _STYLE:
                # RFC 2205 3.1.4: STYLE and the flow descriptor list must end the message.
                raise DecodeError("the object stands behind the STYLE", offset=index)
            else:
                self._keep(index, item, extras)
        return listed

    @staticmethod
    def _keep(index: int, item: WireObject, extras: list[Placed]) -> None:
        # RFC 2205 B: "illegal object class in this message type", unless nobody here can know that.
        if item.class_num < 0x80 and not isinstance(item, Opaque | NullObject):
            raise DecodeError("the object has no place in this message type", offset=index)
        extras.append(Placed(index, item))

    def flows_behind(self, style: int) -> Callable[[Sequence[WireObject]], object]:
        """What reads the flow descriptors behind a STYLE at this index, with nothing extra."""

        def read(objects: Sequence[WireObject]) -> tuple[FlowDescriptor, ...]:
            listed = objects[style + 1 :]
            return read_flows(objects[style], listed, flowspec_required=self._flowspec_required)

        return read

    def _check(self, objects: Sequence[WireObject], fields: Mapping[str, object]) -> None:
        # RFC 2205 3.1.3: INTEGRITY must immediately follow the common header.
        if "integrity" in fields and objects[0] is not fields["integrity"]:
            raise DecodeError("INTEGRITY is not the first object", offset=0)
        if not self._required.keys() <= fields.keys():
            first = next(field for field in self._required if field not in fields)
            name = ClassNum(self._required[first]).name
            raise DecodeError(f"the required object {name} is missing", offset=len(objects))

    def objects(self, message: Any) -> list[WireObject]:  # noqa: ANN401  # any message class
        """Lay the fields out in the recommended order, with what else there was where it was."""
        laid: list[WireObject] = []
        for value in self._values(message):
            if type(value) is tuple:  # of an object that may be there any number of times
                laid.extend(value)
            elif value is not None:
                laid.append(value)
        if self._flows:
            laid.append(message.style)
            laid += flow_objects(message.flows)
        return with_extras(laid, message.extras) if message.extras else laid


def with_extras(laid: list[WireObject], extras: Iterable[Placed]) -> list[WireObject]:
    """Put each extra back to its position; one whose position is gone goes last."""
    for position, item in extras:
        laid.insert(position, item)
    return laid
