"""What each kernel of a pipeline does with a packet, as lines and the locals that they touch.

Stages are `ingress` (parser, checksum verification, match-action) and `egress` (match-action,
checksum update, deparser). A program that clones from egress to egress has its deparser in a third
stage, since the clone is of the headers as egress left them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.actions import Actions
from p4rsvp.softswitch.codegen.carried import Carried
from p4rsvp.softswitch.codegen.deparser import Deparser
from p4rsvp.softswitch.codegen.digests import Digests
from p4rsvp.softswitch.codegen.emitter import Emitter
from p4rsvp.softswitch.codegen.expressions import Expressions
from p4rsvp.softswitch.codegen.fields import Fields
from p4rsvp.softswitch.codegen.flow import Flow
from p4rsvp.softswitch.codegen.hashing import Hashing
from p4rsvp.softswitch.codegen.parser import Parser
from p4rsvp.softswitch.codegen.pipeline import Pipelines, successors
from p4rsvp.softswitch.codegen.standard import Standard
from p4rsvp.softswitch.codegen.values import Arithmetic
from p4rsvp.softswitch.layout import Extra, Kind, Row

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.places import Places
    from p4rsvp.softswitch.codegen.usage import Usage
    from p4rsvp.softswitch.ir.expressions import FieldRef
    from p4rsvp.softswitch.ir.program import Pipeline, Program

# Words of the row that tell egress how its packet came to it.
_EGRESS_WORDS = (
    Row.OUT_PORT,
    Row.KIND,
    Row.INSTANCE,
    Row.ENQUEUED,
    Row.ENQUEUE_DEPTH,
    Row.DEQUEUE_DEPTH,
    Row.PRIORITY,
)


@dataclass(slots=True)
class Stage:
    """One kernel: its lines, and the locals that they read and write."""

    name: str
    prologue: list[str]
    body: list[str]
    epilogue: list[str]
    used: set[str]
    written: set[str]
    raw_of: dict[str, tuple[FieldRef, int]]
    cut: list[str] = field(default_factory=list)  # egress at once, for a packet that need not wait
    cut_touched: set[str] = field(default_factory=set)

    @property
    def touched(self) -> set[str]:
        """Every local of the stage."""
        return self.used | self.written | self.cut_touched


class Stages:
    """One pass over the program; `needed` are the locals that any stage reads, once known."""

    def __init__(
        self, program: Program, usage: Usage, places: Places, needed: set[str] | None
    ) -> None:
        self.program = program
        self.usage = usage
        self.places = places
        self.needed = needed
        self.out = Emitter()
        self.math = Arithmetic(self.out)
        self.fields = Fields(program, usage, self.out, self.math)
        self.standard = Standard(self.fields, self.math, needed)
        self.carried = Carried(self.fields, usage)
        self.digests = Digests(self.fields, self.math)
        expressions = Expressions(self.fields, self.math, self.out)
        hashing = Hashing(self.fields, expressions, self.out, places)
        self.actions = Actions(self.fields, expressions, hashing, places)
        self.actions.headers.tracks_length = self.standard.wants("packet_length")
        self.pipelines = Pipelines(self.fields, expressions, self.actions, hashing, places)
        self.parser = Parser(self.fields, expressions, self.actions)
        self.deparser = Deparser(self.fields, expressions, hashing)
        self.splits = "clone_egress_pkt_to_egress" in usage.ops

    def write(self) -> list[Stage]:
        """All of them, in their order."""
        stages = [self._ingress(), self._egress()]
        return [*stages, self._deparse()] if self.splits else stages

    def _ingress(self) -> Stage:
        """Parser, verification, ingress; and egress at once where nothing lies between."""
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as prologue:
                self.out.load_packet()
                self.out.line(f"kind = {self.out.row(Row.KIND)}")
                self._load_hint()
                self.out.line(f"parsed = {self.out.const(0)}")
                self.out.line(f"extent = {self.out.const(0)}")
                self.standard.begin_ingress()
                self.carried.restore()
            with self.out.capture() as body:
                self._write_ingress()
            with self.out.capture() as epilogue, self.out.indented():
                self._hand_over()
            stage = self._stage("ingress", prologue, body, epilogue)
            if not self.splits:
                self.fields.begin_stage()
                with self.out.capture() as stage.cut, self.out.indented():
                    self._cut_through()
                stage.cut_touched = self.fields.used | self.fields.written
        return stage

    def _write_ingress(self) -> None:
        self.parser.needed = set(self.needed or ())
        self.parser.write()
        self.deparser.remember_extracted()
        self.deparser.verify_checksums()
        head = "if True:"
        if "clone_ingress_pkt_to_egress" in self.usage.ops:
            bit = self.out.const(1 << Extra.PARSE_ONLY)
            head = f"if ({self.out.row(Row.EXTRA)} & {bit}) == {self.out.const(0)}:"
        with self.out.block(head):
            self._pipeline(self.program.ingress)
        # Where ingress wants the packet to go.
        self.out.line(f"spec = {self.standard.read('egress_spec')}")
        self.out.line(f"group = {self.standard.read('mcast_grp')}")
        self.out.line(f"priority = {self.standard.read('priority')}")
        self.fields.use("extra")

    def _cut_through(self) -> None:
        """Egress with what ingress knows, for a packet to one port that is not shaped."""
        zero = self.out.const(0)
        self.out.line("out_port = spec")
        self._begin_egress(
            {
                Row.OUT_PORT: "out_port",
                Row.KIND: self.out.const(Kind.NORMAL),
                Row.INSTANCE: zero,
                Row.ENQUEUED: "now",
                Row.ENQUEUE_DEPTH: zero,
                Row.DEQUEUE_DEPTH: zero,
                Row.PRIORITY: "priority",
            }
        )
        self._pipeline(self.program.egress)
        with self.out.block(f"if not ({self.standard.is_dropped()}):"):
            self._finish()
        self.out.line(f"{self.out.row(Row.OUT_PORT)} = out_port")
        self.out.store_packet()
        self.carried.save("recirculate")
        spec = self.standard.read("egress_spec")
        self.out.line(f"conclude(ctl, phv, index, {spec}, {self.fields.use('extra')})")

    def _egress(self) -> Stage:
        """Egress, and the deparser where it may follow at once."""
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as prologue:
                self.out.load_packet()
                self._load_hint()
                self._begin_egress({word: self.out.row(word) for word in _EGRESS_WORDS})
            with self.out.capture() as body:
                self._pipeline(self.program.egress)
                if not self.splits:
                    self._load_parsed()
                    with self.out.block(f"if not ({self.standard.is_dropped()}):"):
                        self._finish()
            with self.out.capture() as epilogue:
                self._leave_egress()
        return self._stage("egress", prologue, body, epilogue)

    def _deparse(self) -> Stage:
        """The deparser alone."""
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as prologue:
                self.out.load_packet()
            with self.out.capture() as body:
                self._load_parsed()
                self._finish()
            with self.out.capture() as epilogue:
                self.out.store_packet()
        return self._stage("deparse", prologue, body, epilogue)

    def _stage(self, name: str, prologue: list[str], body: list[str], epilogue: list[str]) -> Stage:
        fields = self.fields
        return Stage(
            name, prologue, body, epilogue, fields.used, fields.written, dict(fields.raw_of)
        )

    def _pipeline(self, pipeline: Pipeline) -> None:
        if pipeline.first is None:
            return
        self.pipelines.pipeline = pipeline
        graph = {}
        for name, node in pipeline.nodes.items():
            graph[name] = list(dict.fromkeys(successors(node)))
        for table in self.program.tables:
            if table.name in graph and self.pipelines.exits_early(table):
                graph[table.name].append("")
        numbers = {name: i + 1 for i, name in enumerate(pipeline.nodes)}
        self.out.line(f"nxt = {self.out.const(0)}")
        Flow(self.out, graph, numbers, self.pipelines.node).write([pipeline.first])

    # What stages tell each other

    def _load_hint(self) -> None:
        if self.places.hints:
            self.out.line(f"hint = {self.out.row(Row.HINT)}")

    def _load_parsed(self) -> None:
        self.out.line(f"parsed = {self.out.row(Row.NEXT)}")

    def _hand_over(self) -> None:
        """What ingress tells the traffic manager."""
        self.out.line(f"{self.out.row(Row.SPEC)} = spec")
        self.out.line(f"{self.out.row(Row.GROUP)} = group")
        self.out.line(f"{self.out.row(Row.PRIORITY)} = priority")
        self.out.line(f"{self.out.row(Row.EXTRA)} = extra")
        self.out.line(f"{self.out.row(Row.NEXT)} = parsed")
        self.carried.save("clone_ingress_pkt_to_egress", "resubmit")
        if "generate_digest" in self.usage.ops:
            self.digests.write()

    def _begin_egress(self, words: dict[Row, str]) -> None:
        self.standard.begin_egress(words, tracks_length=self.actions.headers.tracks_length)

    def _finish(self) -> None:
        self.deparser.update_checksums()
        self.deparser.emit()
        if "truncate" in self.usage.ops:
            zero, one = self.out.const(0), self.out.const(1)
            longest = self.fields.use("longest")
            with self.out.block(f"if ({longest} != {zero}) & (length >= {longest}):"):
                self.out.line(f"length = {longest} - {one}")

    def _leave_egress(self) -> None:
        self.out.line(f"{self.out.row(Row.SPEC)} = {self.standard.read('egress_spec')}")
        self.out.line(f"{self.out.row(Row.EXTRA)} = {self.fields.use('extra')}")
        if not self.splits:
            self.out.store_packet()
        self.carried.save("clone_egress_pkt_to_egress", "recirculate")
