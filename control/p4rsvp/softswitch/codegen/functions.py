"""A stage as a kernel: its locals, what it finds in its packet's row, and what it leaves there.

What one stage writes and a later one reads crosses in the row. The metadata among it stands
together, since an egress clone begins with it reset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from p4rsvp.softswitch.codegen.actions import DROP_PORT
from p4rsvp.softswitch.ir.expressions import FieldRef
from p4rsvp.softswitch.layout import LINE_WORDS, Row

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.stages import Stage, Stages


class Crossing(NamedTuple):
    """Which word of the row each local has that crosses from one stage to another."""

    rows: dict[str, int]
    metadata_words: tuple[int, int]
    row_words: int


def assign_rows(writer: Stages, stages: list[Stage]) -> Crossing:
    """A word for every local that crosses: metadata first, then the rest."""
    crossing: set[str] = set()
    for index, stage in enumerate(stages[:-1]):
        later = set().union(*(s.used for s in stages[index + 1 :]))
        crossing |= stage.written & later
    if writer.splits:  # an egress clone enters egress with what egress left
        crossing |= stages[1].written & stages[1].used
    crossing -= set(stages[0].raw_of)
    # Extraction's offsets are needed wherever a raw field is read from the packet again.
    for stage in stages[1:]:
        for local in stage.used & set(stage.raw_of):
            ref, _ = stage.raw_of[local]
            crossing.add(writer.fields.offset(ref.header))
    crossing.discard("extra")
    metadata = _metadata_locals(writer)
    first = writer.carried.end()
    ordered = [*sorted(crossing & metadata), *sorted(crossing - metadata)]
    rows = {local: first + place for place, local in enumerate(ordered)}
    behind = first + len(crossing & metadata)
    row_words = -(-(first + len(ordered)) // LINE_WORDS) * LINE_WORDS
    return Crossing(rows, (first, behind), row_words)


def _metadata_locals(writer: Stages) -> set[str]:
    found = set()
    for header in writer.program.headers.values():
        if header.metadata:
            for kind in header.fields.values():
                found.update(writer.fields.limbs(FieldRef(header.name, kind.name)))
    return found


class Functions:
    """Turns stages into text."""

    def __init__(
        self, writer: Stages, stages: list[Stage], crossing: Crossing, slot_bytes: int
    ) -> None:
        self.writer = writer
        self.stages = stages
        self.crossing = crossing
        self.slot_bytes = slot_bytes
        self.out: Emitter = writer.out

    def function(self, index: int) -> str:
        """One kernel: head, locals, prologue, body, and what it hands on."""
        stage, rows = self.stages[index], self.crossing.rows
        stored = sorted(local for local in rows if index == 0 or local in stage.written)
        if index == len(self.stages) - 1:
            stored = []
        with self.out.capture() as lines, self.out.indented(), self.out.indented():
            self.out.find_packet(self.slot_bytes, self.crossing.row_words)
            self._locals(index, stored)
            self.out.lines.extend(stage.prologue + stage.body)
            if index == 0:
                self._end_ingress(stage, stored)
            else:
                self.out.lines.extend(stage.epilogue)
                self._store(stored)
        head = [
            "@kernel",
            f"def {stage.name}(mem, pkt, phv, ctl, q, first, count):",
            f"    waiting = {self.out.const(0)}",
            "    for n in range(count):",
        ]
        return "\n".join([*head, *lines, "    return waiting"])

    def _locals(self, index: int, stored: list[str]) -> None:
        """Every local at its beginning: zero, from the row, or from the packet once more."""
        stage, fields = self.stages[index], self.writer.fields
        raw = sorted(stage.used & set(stage.raw_of)) if index else []
        places = {fields.offset(stage.raw_of[local][0].header) for local in raw}
        for local in sorted(stage.touched | set(stored) | places):
            self.out.line(f"{local} = {self._initial(index, local)}")
        for local in raw:
            ref, limb = stage.raw_of[local]
            kind = self.writer.program.field_type(ref)
            at = fields.offset(ref.header)
            code = fields.load_bits(at, kind.offset_bits, kind.width_bits)[limb]
            self.out.line(f"{local} = {code}")

    def _initial(self, index: int, local: str) -> str:
        clones = "clone_ingress_pkt_to_egress" in self.writer.usage.ops
        if local == "extra" and index == 0 and clones:
            return self.out.row(Row.EXTRA)  # a clone that is only to be parsed
        if index and local in self.crossing.rows:
            return self.out.row(self.crossing.rows[local])
        return self.out.const(0)

    def _store(self, stored: list[str]) -> None:
        for local in stored:
            self.out.line(f"{self.out.row(self.crossing.rows[local])} = {local}")

    def _end_ingress(self, stage: Stage, stored: list[str]) -> None:
        """Send, drop, or leave to the traffic manager, who finds such packets in the front."""
        out = self.out
        zero, drop = out.const(0), out.const(DROP_PORT)
        simple = f"(extra == {zero}) & (group == {zero})"
        if stage.cut:
            out.line(f"if {simple} & (spec != {drop}) & is_open(q, spec, priority):")
            out.lines.extend(stage.cut)
            out.line(f"elif {simple} & (spec == {drop}):")
        else:
            out.line(f"if {simple} & (spec == {drop}):")
        with out.indented():
            out.line("refuse(ctl, index)")
        out.line("else:")
        out.lines.extend(stage.epilogue)
        with out.indented():
            self._store(stored)
            out.line("ctl[first + waiting] = index")
            out.line(f"waiting += {out.const(1)}")
