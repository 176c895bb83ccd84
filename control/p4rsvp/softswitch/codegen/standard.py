"""Standard metadata: the fields that the switch itself sets, and those by which it is told.

simple_switch knows them by name, in one of three structs; what a program does not have, or never
reads, is not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.actions import DROP_PORT
from p4rsvp.softswitch.codegen.values import Value
from p4rsvp.softswitch.ir.expressions import FieldRef
from p4rsvp.softswitch.layout import Row

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.values import Arithmetic

STANDARD = "standard_metadata"
_STRUCTS = (STANDARD, "intrinsic_metadata", "queueing_metadata")
NS_PER_US = 1000


class Standard:
    """Reads and writes them; `needed` are the locals that anything reads, None while unknown."""

    def __init__(self, fields: Fields, math: Arithmetic, needed: set[str] | None) -> None:
        self.fields = fields
        self.math = math
        self.program = fields.program
        self.out: Emitter = fields.out
        self.needed = needed

    def find(self, name: str) -> FieldRef | None:
        """The field that simple_switch knows by this name, where the program has it."""
        for struct in _STRUCTS:
            alias = self.program.aliases.get(f"{struct}.{name}")
            if alias is not None:
                return alias
        return FieldRef(STANDARD, name) if name in self.program.headers[STANDARD].fields else None

    def wants(self, name: str) -> bool:
        """True where the program has the field and reads it."""
        ref = self.find(name)
        if ref is None:
            return False
        return self.needed is None or any(x in self.needed for x in self.fields.limbs(ref))

    def set(self, name: str, code: str) -> None:
        """Write a field, where it is wanted."""
        ref = self.find(name)
        if ref is not None and self.wants(name):
            self.fields.write(ref, Value((code,), 64))

    def read(self, name: str) -> str:
        """A field's value, 0 where the program has no such field."""
        ref = self.find(name)
        if ref is None:
            return self.out.const(0)
        return self.math.truncate(self.fields.read(ref), 64).code

    def is_dropped(self) -> str:
        """The condition that egress wants the packet gone."""
        return f"{self.read('egress_spec')} == {self.out.const(DROP_PORT)}"

    def in_us(self, code: str) -> str:
        """Nanoseconds as bmv2 counts time."""
        return f"(({code}) // {self.out.const(NS_PER_US)})"

    def begin_ingress(self) -> None:
        """Before the parser."""
        self.set("ingress_port", self.out.row(Row.IN_PORT))
        self.set("packet_length", "length")
        self.set("instance_type", "kind")
        self.set("ingress_global_timestamp", self.in_us("now"))

    def begin_egress(self, words: dict[Row, str], *, tracks_length: bool) -> None:
        """As egress begins, from where these words of the row are."""
        self.set("egress_port", words[Row.OUT_PORT])
        self.set("egress_spec", self.out.const(0))
        self.set("instance_type", words[Row.KIND])
        self.set("egress_rid", words[Row.INSTANCE])
        if tracks_length:
            grown = f"((length + {self.fields.use('grown')}) & {self.out.const(-1)})"
            self.set("packet_length", grown)
        self.set("egress_global_timestamp", self.in_us("now"))
        queued = words[Row.ENQUEUED]
        self.set("enq_timestamp", self.in_us(queued))
        self.set("deq_timedelta", self.in_us(f"now - {queued}"))
        self.set("enq_qdepth", words[Row.ENQUEUE_DEPTH])
        self.set("deq_qdepth", words[Row.DEQUEUE_DEPTH])
        self.set("qid", words[Row.PRIORITY])
