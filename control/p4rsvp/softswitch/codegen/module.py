"""The generated module: one kernel per stage over a batch of packets.

Stages are `ingress` (parser, checksum verification, match-action) and `egress` (match-action,
checksum update, deparser). A program that clones from egress to egress has its deparser in a third
stage, since the clone is of the headers as egress left them. What one stage writes and a later one
reads crosses in the packet's row; everything else are locals. The source is made twice: the first
time finds out who reads what, the second leaves out what nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.actions import DROP_PORT, Actions
from p4rsvp.softswitch.codegen.deparser import Deparser
from p4rsvp.softswitch.codegen.emitter import Emitter
from p4rsvp.softswitch.codegen.expressions import Expressions
from p4rsvp.softswitch.codegen.fields import Fields
from p4rsvp.softswitch.codegen.flow import Flow
from p4rsvp.softswitch.codegen.hashing import Hashing
from p4rsvp.softswitch.codegen.parser import Parser
from p4rsvp.softswitch.codegen.pipeline import Pipelines, successors
from p4rsvp.softswitch.codegen.places import Places, is_large, pack, place_program
from p4rsvp.softswitch.codegen.usage import Usage, study
from p4rsvp.softswitch.codegen.values import Arithmetic, Value, limbs_for
from p4rsvp.softswitch.errors import Unsupported
from p4rsvp.softswitch.ir.expressions import FieldRef
from p4rsvp.softswitch.layout import LEAVING_LIST, WORK_LIST, Ctl, Extra, Kind, Row

if TYPE_CHECKING:
    from p4rsvp.softswitch.ir.program import Pipeline, Program

STANDARD = "standard_metadata"
NS_PER_US = 1000
_FLAGS = {
    "clone_ingress_pkt_to_egress": Extra.CLONE,
    "clone_egress_pkt_to_egress": Extra.CLONE,
    "resubmit": Extra.RESUBMIT,
    "recirculate": Extra.RECIRCULATE,
}
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
ZERO_BYTES = 64  # at least; at the beginning of each slot
HEADROOM_BYTES = 256
SLACK_BYTES = 64  # loads and stores of whole words may reach past the end


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


@dataclass(slots=True)
class Generated:
    """What the rest of the switch needs of a generated pipeline."""

    program: Program
    places: Places
    source: str = ""
    row_words: int = 0
    zero_bytes: int = 0
    digest_words: int = 1
    splits_deparser: bool = False
    metadata_words: tuple[int, int] = (0, 0)  # range of the row that an egress clone resets
    carried_words: list[tuple[int, int]] = field(default_factory=list)  # (from, to) within the row


class _Generator:
    """One pass over the program."""

    def __init__(
        self, program: Program, usage: Usage, places: Places, needed: set[str] | None
    ) -> None:
        self.program = program
        self.usage = usage
        self.out = Emitter()
        self.math = Arithmetic(self.out)
        self.fields = Fields(program, usage, self.out, self.math)
        self.expressions = Expressions(self.fields, self.math, self.out)
        self.hashing = Hashing(self.fields, self.expressions, self.out, places)
        self.actions = Actions(self.fields, self.expressions, self.hashing, places)
        self.pipelines = Pipelines(
            self.fields, self.expressions, self.actions, self.hashing, places
        )
        self.parser = Parser(self.fields, self.expressions, self.actions)
        self.deparser = Deparser(self.fields, self.expressions, self.hashing)
        self.needed = needed
        length = self._standard("packet_length")
        self.actions.tracks_length = length is not None and self._wants(length)
        self.places = places
        self.hints = places.hints
        self.slot_bytes = 0
        self.row_words = 0
        self.digest_words = 1

    # Standard metadata

    def _standard(self, name: str) -> FieldRef | None:
        """The field that simple_switch knows by this name, where the program has it."""
        for header in ("standard_metadata", "intrinsic_metadata", "queueing_metadata"):
            alias = self.program.aliases.get(f"{header}.{name}")
            if alias is not None:
                return alias
        return FieldRef(STANDARD, name) if name in self.program.headers[STANDARD].fields else None

    def _wants(self, ref: FieldRef) -> bool:
        return self.needed is None or any(x in self.needed for x in self.fields.limbs(ref))

    def _set_standard(self, name: str, code: str, width: int = 64) -> None:
        ref = self._standard(name)
        if ref is not None and self._wants(ref):
            self.fields.write(ref, Value((code,), width))

    def _row(self, word: int) -> str:
        return f"phv[row + {self.out.const(word)}]"

    def _in_us(self, code: str) -> str:
        return f"(({code}) // {self.out.const(NS_PER_US)})"

    # Stages

    def ingress(self, *, cuts_through: bool) -> Stage:
        """Parser, verification, ingress; and egress at once where nothing lies between."""
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as prologue:
                self._common_prologue()
                self.out.line(f"kind = {self._row(Row.KIND)}")
                self._load_hint()
                self.out.line(f"parsed = {self.out.const(0)}")
                self.out.line(f"extent = {self.out.const(0)}")
                self._set_standard("ingress_port", self._row(Row.IN_PORT))
                self._set_standard("packet_length", "length")
                self._set_standard("instance_type", "kind")
                self._set_standard("ingress_global_timestamp", self._in_us("now"))
                self._restore_carried()
            with self.out.capture() as body:
                self.parser.needed = set(self.needed or ())
                self.parser.write()
                self.deparser.remember_extracted()
                self.deparser.verify_checksums()
                if "clone_ingress_pkt_to_egress" in self.usage.ops:
                    bit = self.out.const(1 << Extra.PARSE_ONLY)
                    test = f"if ({self._row(Row.EXTRA)} & {bit}) == {self.out.const(0)}:"
                    with self.out.block(test):
                        self._pipeline(self.program.ingress)
                else:
                    self._pipeline(self.program.ingress)
                self._destination()
            with self.out.capture() as epilogue, self.out.indented():
                self._hand_over()
            stage = self._stage("ingress", prologue, body, epilogue)
            if cuts_through:
                self.fields.begin_stage()
                with self.out.capture() as stage.cut, self.out.indented():
                    self._cut_through()
                stage.cut_touched = self.fields.used | self.fields.written
        return stage

    def _destination(self) -> None:
        """Where ingress wants the packet to go, in locals."""
        self.out.line(f"spec = {self._value_of('egress_spec')}")
        self.out.line(f"group = {self._value_of('mcast_grp')}")
        self.out.line(f"priority = {self._value_of('priority')}")
        self.fields.use("extra")

    def _cut_through(self) -> None:
        """Egress with what ingress knows, for a packet to one port that is not shaped."""
        zero = self.out.const(0)
        self.out.line("out_port = spec")
        self._egress_metadata(
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
        with self.out.block(f"if not ({self._dropped()}):"):
            self._finish()
        self.out.line(f"{self._row(Row.OUT_PORT)} = out_port")
        self._store_packet()
        self._save_carried(self._kept("recirculate"))
        spec = self._value_of("egress_spec")
        self.out.line(f"conclude(ctl, phv, index, {spec}, {self.fields.use('extra')})")

    def _kept(self, *ops: str) -> list[Extra]:
        """The flags of those primitives, of these, that the program uses."""
        return [_FLAGS[op] for op in ops if op in self.usage.ops]

    def scout(self) -> list[str]:
        """The parser alone, and a hash of what large tables look at: finds the flow's hint."""
        refs = self._scouted()
        limbs = [local for ref in refs for local in self.fields.limbs(ref)]
        needed = {*limbs, *self._steering()}
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as body:
                self._common_prologue()
                self.out.line(f"parsed = {self.out.const(0)}")
                self.out.line(f"extent = {self.out.const(0)}")
                self._set_standard("ingress_port", self._row(Row.IN_PORT))
                self.parser.needed = needed
                self.parser.write()
                hashed = self.out.temp(self.out.const(0), "hashed")
                for word in self._packed(refs):
                    self.out.line(f"{hashed} = mix({hashed}, {word})")
                hints = self.out.const(self.hints)
                self.out.line(f"mark(mem, phv, row, {hints}, finish({hashed}))")
            with self.out.capture() as head:
                self.out.line("index = ctl[first + u64(n)]")
                self.out.line(f"slot = index * {self.out.const(self.slot_bytes)}")
                self.out.line(f"row = index * {self.out.const(self.row_words)}")
                for local in sorted({*self.fields.used, *self.fields.written, *limbs}):
                    self.out.line(f"{local} = {self.out.const(0)}")
        return head + body

    def _packed(self, refs: list[FieldRef]) -> list[str]:
        """Fields as few words."""
        places, count = pack([self.program.field_type(ref).width_bits for ref in refs])
        words: list[list[str]] = [[] for _ in range(count)]
        for ref, slots in zip(refs, places, strict=True):
            for local, slot in zip(self.fields.limbs(ref), slots, strict=True):
                shifted = f"({local} << {self.out.const(slot.shift)})"
                words[slot.word].append(shifted if slot.shift else local)
        return [" | ".join(word) for word in words]

    def _scouted(self) -> list[FieldRef]:
        """The header fields, still as they came, that large tables have in their keys."""
        found: dict[FieldRef, None] = {}
        for table in self.program.tables:
            if is_large(self.places.tables[table.name]):
                for key in table.key:
                    if key.field.field != "$valid$" and self.fields.is_raw(key.field):
                        found[key.field] = None
        return list(found)

    def _steering(self) -> set[str]:
        """The locals that the parser itself reads."""
        self.fields.begin_stage()
        with self.out.capture():
            self.parser.needed = set()
            self.parser.write()
        return set(self.fields.used)

    def egress(self, *, with_deparser: bool) -> Stage:
        """Egress, and the deparser where it may follow at once."""
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as prologue:
                self._common_prologue()
                self._load_hint()
                self._egress_metadata({word: self._row(word) for word in _EGRESS_WORDS})
            with self.out.capture() as body:
                self._pipeline(self.program.egress)
                if with_deparser:
                    self._finish_if_kept()
            with self.out.capture() as epilogue:
                self._leave_egress(with_deparser=with_deparser)
        return self._stage("egress", prologue, body, epilogue)

    def deparse(self) -> Stage:
        """The deparser alone."""
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as prologue:
                self._common_prologue()
            with self.out.capture() as body:
                self._load_parsed()
                self._finish()
            with self.out.capture() as epilogue:
                self._store_packet()
        return self._stage("deparse", prologue, body, epilogue)

    def _stage(self, name: str, prologue: list[str], body: list[str], epilogue: list[str]) -> Stage:
        fields = self.fields
        return Stage(
            name, prologue, body, epilogue, fields.used, fields.written, dict(fields.raw_of)
        )

    def _common_prologue(self) -> None:
        self.out.line(f"start = {self._row(Row.START)}")
        self.out.line(f"length = {self._row(Row.LENGTH)}")
        self.out.line(f"now = {self._row(Row.NOW)}")
        self.out.line(f"arrived = {self._row(Row.ARRIVED_BYTES)}")

    def _load_hint(self) -> None:
        if self.hints:
            self.out.line(f"hint = {self._row(Row.HINT)}")

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

    # Between the pipelines

    def _value_of(self, name: str) -> str:
        ref = self._standard(name)
        return (
            self.out.const(0) if ref is None else self.math.truncate(self.fields.read(ref), 64).code
        )

    def _hand_over(self) -> None:
        """What ingress tells the traffic manager."""
        self.out.line(f"{self._row(Row.SPEC)} = spec")
        self.out.line(f"{self._row(Row.GROUP)} = group")
        self.out.line(f"{self._row(Row.PRIORITY)} = priority")
        self.out.line(f"{self._row(Row.EXTRA)} = extra")
        self.out.line(f"{self._row(Row.NEXT)} = parsed")
        self._save_carried(self._kept("clone_ingress_pkt_to_egress", "resubmit"))
        if "generate_digest" in self.usage.ops:
            self._write_digests()

    def _egress_metadata(self, words: dict[Row, str]) -> None:
        """Standard metadata as egress begins, from where these words of the row are."""
        self._set_standard("egress_port", words[Row.OUT_PORT])
        self._set_standard("egress_spec", self.out.const(0))
        self._set_standard("instance_type", words[Row.KIND])
        self._set_standard("egress_rid", words[Row.INSTANCE])
        if self.actions.tracks_length:
            grown = f"((length + {self.fields.use('grown')}) & {self.out.const(-1)})"
            self._set_standard("packet_length", grown)
        self._set_standard("egress_global_timestamp", self._in_us("now"))
        queued = words[Row.ENQUEUED]
        self._set_standard("enq_timestamp", self._in_us(queued))
        self._set_standard("deq_timedelta", self._in_us(f"now - {queued}"))
        self._set_standard("enq_qdepth", words[Row.ENQUEUE_DEPTH])
        self._set_standard("deq_qdepth", words[Row.DEQUEUE_DEPTH])
        self._set_standard("qid", words[Row.PRIORITY])

    def _dropped(self) -> str:
        return f"{self._value_of('egress_spec')} == {self.out.const(511)}"

    def _finish_if_kept(self) -> None:
        self._load_parsed()
        with self.out.block(f"if not ({self._dropped()}):"):
            self._finish()

    def _load_parsed(self) -> None:
        self.out.line(f"parsed = {self._row(Row.NEXT)}")

    def _finish(self) -> None:
        self.deparser.update_checksums()
        self.deparser.emit()
        if "truncate" in self.usage.ops:
            zero, one = self.out.const(0), self.out.const(1)
            longest = self.fields.use("longest")
            with self.out.block(f"if ({longest} != {zero}) & (length >= {longest}):"):
                self.out.line(f"length = {longest} - {one}")

    def _leave_egress(self, *, with_deparser: bool) -> None:
        self.out.line(f"{self._row(Row.SPEC)} = {self._value_of('egress_spec')}")
        self.out.line(f"{self._row(Row.EXTRA)} = {self.fields.use('extra')}")
        if with_deparser:
            self._store_packet()
        self._save_carried(self._kept("clone_egress_pkt_to_egress", "recirculate"))

    def _store_packet(self) -> None:
        self.out.line(f"{self._row(Row.START)} = start")
        self.out.line(f"{self._row(Row.LENGTH)} = length")

    # What clones, resubmitted and recirculated packets keep

    def _carried(self) -> list[tuple[int, FieldRef]]:
        """Each carried field with its first word in the row."""
        word, places = int(Row.CARRIED), []
        for ref in self.usage.carried:
            places.append((word, ref))
            word += limbs_for(self.program.field_type(ref).width_bits)
        return places

    def carried_end(self) -> int:
        """The word behind the carried fields."""
        count = sum(limbs_for(self.program.field_type(r).width_bits) for r in self.usage.carried)
        return Row.CARRIED + count

    def _save_carried(self, bits: list[Extra]) -> None:
        if not bits or not self.usage.carried:
            return
        mask = self.out.const(sum(1 << bit for bit in bits))
        zero = self.out.const(0)
        with self.out.block(f"if ({self.fields.use('extra')} & {mask}) != {zero}:"):
            for word, ref in self._carried():
                lists = [n for n, refs in self.program.field_lists.items() if ref in refs]
                held = self.fields.use("kept_list")
                test = " | ".join(f"({held} == {self.out.const(n)})" for n in lists)
                for index, local in enumerate(self.fields.limbs(ref)):
                    code = f"{self.fields.use(local)} if {test} else {zero}"
                    self.out.line(f"{self._row(word + index)} = {code}")

    def _restore_carried(self) -> None:
        if not self.usage.carried:
            return
        with self.out.block(f"if kind != {self.out.const(0)}:"):
            for word, ref in self._carried():
                if ref.header == STANDARD and ref.field in {"instance_type", "packet_length"}:
                    continue
                for index, local in enumerate(self.fields.limbs(ref)):
                    self.out.line(f"{self.fields.define(local)} = {self._row(word + index)}")

    def carried_moves(self, rows: dict[str, int]) -> list[tuple[int, int]]:
        """For an egress clone: from a carried word to where egress reads the field."""
        moves = []
        for word, ref in self._carried():
            for index, local in enumerate(self.fields.limbs(ref)):
                if local in rows:
                    moves.append((word + index, rows[local]))
        return moves

    # Digests

    def _write_digests(self) -> None:
        sizes = [
            1 + sum(len(self._digest_value(e)[1].limbs) for e in elements)
            for _, elements in self.program.digests.values()
        ]
        self.digest_words = max(sizes, default=1)
        flag, zero = self.out.const(1 << Extra.DIGEST), self.out.const(0)
        with self.out.block(f"if ({self.fields.use('extra')} & {flag}) != {zero}:"):
            shift, mask = self.out.const(Extra.DIGEST_ID), self.out.mask(8)
            number = self.out.temp(f"(extra >> {shift}) & {mask}", "digest")
            size = self.out.const(self.digest_words)
            place = self.out.temp(f"take_digest(ctl, {size})", "place")
            with self.out.block(f"if {place} != {zero}:"):
                self.out.line(f"ctl[{place}] = {number}")
                for digest_id, (_, elements) in self.program.digests.items():
                    with self.out.block(f"if {number} == {self.out.const(digest_id)}:"):
                        self._write_digest(place, elements)

    def _digest_value(self, element: object) -> tuple[int, Value]:
        if not isinstance(element, FieldRef):
            raise Unsupported("a digest of something other than fields")
        value = self.fields.read(element)
        width = self.program.field_type(element).width_bits
        return width, self.math.truncate(value, width)

    def _write_digest(self, place: str, elements: tuple[object, ...]) -> None:
        word = 1
        for element in elements:
            _, value = self._digest_value(element)
            for limb in value.limbs:
                self.out.line(f"ctl[{place} + {self.out.const(word)}] = {limb}")
                word += 1


def generate(program: Program, slot_bytes: int) -> Generated:
    """The source of a program's pipeline, for slots of this size."""
    usage = study(program)
    places = place_program(program)
    splits = "clone_egress_pkt_to_egress" in usage.ops
    first = _Generator(program, usage, places, None)
    stages = _stages(first, splits=splits)
    needed = set().union(*(stage.used for stage in stages))
    final = _Generator(program, usage, places, needed)
    stages = _stages(final, splits=splits)
    result = Generated(program, places, splits_deparser=splits)
    result.zero_bytes = _zero_bytes(program)
    rows = _assign_rows(final, stages, result, again=splits)
    result.digest_words = final.digest_words
    final.slot_bytes, final.row_words = slot_bytes, result.row_words
    functions = [_function(final, stages, i, rows, result, slot_bytes) for i in range(len(stages))]
    if places.hints:
        functions.append(_scout_function(final))
    result.source = _assemble(final, functions)
    return result


def _stages(generator: _Generator, *, splits: bool) -> list[Stage]:
    ingress = generator.ingress(cuts_through=not splits)
    stages = [ingress, generator.egress(with_deparser=not splits)]
    return [*stages, generator.deparse()] if splits else stages


def _zero_bytes(program: Program) -> int:
    longest = max((h.max_bytes for h in program.headers.values() if not h.metadata), default=0)
    return max(ZERO_BYTES, -(-(longest + 8) // 64) * 64)


def _assign_rows(
    generator: _Generator, stages: list[Stage], result: Generated, *, again: bool
) -> dict[str, int]:
    """A word of the row for every local that crosses stages: metadata first, then the rest."""
    crossing: set[str] = set()
    for index, stage in enumerate(stages[:-1]):
        later = set().union(*(s.used for s in stages[index + 1 :]))
        crossing |= stage.written & later
    if again:  # an egress clone enters egress with what egress left
        crossing |= stages[1].written & stages[1].used
    crossing -= set(stages[0].raw_of)
    # Extraction's offsets are needed wherever a raw field is read from the packet again.
    for stage in stages[1:]:
        for local in stage.used & set(stage.raw_of):
            ref, _ = stage.raw_of[local]
            crossing.add(generator.fields.offset(ref.header))
    crossing.discard("extra")
    metadata = set()
    for header in generator.program.headers.values():
        if header.metadata:
            for kind in header.fields.values():
                metadata.update(generator.fields.limbs(FieldRef(header.name, kind.name)))
    word = generator.carried_end()
    rows: dict[str, int] = {}
    for local in sorted(crossing & metadata):
        rows[local] = word
        word += 1
    result.metadata_words = (generator.carried_end(), word)
    for local in sorted(crossing - metadata):
        rows[local] = word
        word += 1
    result.row_words = -(-word // 8) * 8
    result.carried_words = generator.carried_moves(rows)
    return rows


def _function(
    generator: _Generator,
    stages: list[Stage],
    index: int,
    rows: dict[str, int],
    result: Generated,
    slot_bytes: int,
) -> str:
    """One kernel: head, locals, prologue, body, and what it hands on."""
    stage, out = stages[index], generator.out
    stored = sorted(local for local in rows if index == 0 or local in stage.written)
    if index == len(stages) - 1:
        stored = []
    with out.capture() as lines, out.indented(), out.indented():
        out.line("index = ctl[first + u64(n)]")
        out.line(f"slot = index * {out.const(slot_bytes)}")
        out.line(f"row = index * {out.const(result.row_words)}")
        raw = sorted(stage.used & set(stage.raw_of)) if index else []
        places = {generator.fields.offset(stage.raw_of[local][0].header) for local in raw}
        for local in sorted(stage.touched | set(stored) | places):
            out.line(f"{local} = {_initial(generator, index, local, rows)}")
        for local in raw:
            ref, limb = stage.raw_of[local]
            kind = generator.program.field_type(ref)
            at = generator.fields.offset(ref.header)
            code = generator.fields.load_bits(at, kind.offset_bits, kind.width_bits)[limb]
            out.line(f"{local} = {code}")
        out.lines.extend(stage.prologue + stage.body)
        if index == 0:
            _end_ingress(generator, stage, stored, rows)
        else:
            out.lines.extend(stage.epilogue)
            _store_row(generator, stored, rows)
    head = [
        "@kernel",
        f"def {stage.name}(mem, pkt, phv, ctl, q, first, count):",
        f"    waiting = {out.const(0)}",
        "    for n in range(count):",
    ]
    return "\n".join([*head, *lines, "    return waiting"])


def _scout_function(generator: _Generator) -> str:
    head = [
        "@kernel",
        "def scout(mem, pkt, phv, ctl, first, count):",
        "    for n in range(count):",
    ]
    return "\n".join(head + generator.scout())


def _store_row(generator: _Generator, stored: list[str], rows: dict[str, int]) -> None:
    out = generator.out
    for local in stored:
        out.line(f"phv[row + {out.const(rows[local])}] = {local}")


def _end_ingress(
    generator: _Generator, stage: Stage, stored: list[str], rows: dict[str, int]
) -> None:
    """Send, drop, or leave to the traffic manager, who finds such packets at the batch's front."""
    out = generator.out
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
        _store_row(generator, stored, rows)
        out.line("ctl[first + waiting] = index")
        out.line(f"waiting += {out.const(1)}")


def _initial(generator: _Generator, index: int, local: str, rows: dict[str, int]) -> str:
    if local == "extra" and index == 0 and "clone_ingress_pkt_to_egress" in generator.usage.ops:
        return f"phv[row + {generator.out.const(Row.EXTRA)}]"  # a clone that is only to be parsed
    if index and local in rows:
        return f"phv[row + {generator.out.const(rows[local])}]"
    return generator.out.const(0)


_HEAD = '''"""Generated by p4rsvp from {program}. It is remade whenever its inputs change."""

from p4rsvp.softswitch.jit import (
    kernel, load8, load16, load32, load64, prefetch, store8, store16, store32, store64, u64,
)
from p4rsvp.softswitch.kernels.faults import impair, let_go
from p4rsvp.softswitch.kernels.meter import execute_meter
from p4rsvp.softswitch.kernels.numbers import (
    append_bits, append_bytes, bring_back, crc, draw, fold, identity, same_bytes, set_aside,
    shift_left, shift_right, shift_right_signed, sum_bytes, xor16,
)
from p4rsvp.softswitch.kernels.queues import is_open, release_shaped
from p4rsvp.softswitch.kernels.scout import fetch_hinted, mark
from p4rsvp.softswitch.kernels.tables import (
    find1, find2, find3, find_prefix, find_ternary, find_tuple, finish, hash1, hash2, hash3,
    hash_tuple, mix,
)
from p4rsvp.softswitch.kernels.valuesets import in_value_set
from p4rsvp.softswitch.kernels.traffic import (
    after_egress, after_ingress, arrived_to_work, clone_from_egress, conclude, place_of,
    receive, refuse, take_digest,
)
'''

_DRIVER = '''@kernel
def run(mem, pkt, phv, ctl, q, now):
    """One round: everything that arrived goes through ingress, what may leave through egress."""
    sent_before = ctl[C_SENT]
    count = arrived_to_work(ctl)
    first = place_of(ctl, L_WORK)
    done = ZERO
    while done < count:
        batch = BATCH if count - done > BATCH else count - done
{scouts}        waiting = ingress(mem, pkt, phv, ctl, q, first + done, batch)
        after_ingress(ctl, q, mem, pkt, phv, first + done, waiting)
        done += batch
        leave_all(mem, pkt, phv, ctl, q)
    release_shaped(ctl, q, phv, now)
    leave_all(mem, pkt, phv, ctl, q)
    if ctl[C_FAULTY] != ZERO:
        impair(ctl, q, pkt, phv, sent_before)
    if ctl[C_HELD] != ZERO:
        let_go(ctl, phv, now)


@kernel
def leave_all(mem, pkt, phv, ctl, q):
    """Egress for everything that the queues let go."""
    first = place_of(ctl, L_LEAVING)
    done = ZERO
    while done < ctl[C_LEAVING]:
        left = ctl[C_LEAVING] - done
        batch = BATCH if left > BATCH else left
        egress(mem, pkt, phv, ctl, q, first + done, batch)
{clones}        after_egress(ctl, phv, first + done, batch)
        done += batch
    ctl[C_LEAVING] = ZERO
'''

_SCOUTS = """        if ctl[C_SCOUTING] != ZERO:
            scout(mem, pkt, phv, ctl, first + done, batch)
            fetch_hinted(mem, phv, ctl, first + done, batch)
"""

_CLONES = """        clone_from_egress(ctl, q, mem, pkt, phv, first + done, batch)
        deparse(mem, pkt, phv, ctl, q, first + done, batch)
"""
BATCH = (
    64  # packets that go through a stage together: their rows and headers stay in the nearest cache
)


def _assemble(generator: _Generator, functions: list[str]) -> str:
    constants = [
        f"{name} = u64({value:#x})" for value, name in sorted(generator.out.constants.items())
    ]
    constants += [
        "ZERO = u64(0)",
        f"BATCH = u64({BATCH})",
        f"L_WORK = u64({WORK_LIST})",
        f"L_LEAVING = u64({LEAVING_LIST})",
        f"C_LEAVING = u64({int(Ctl.LEAVING)})",
        f"C_SENT = u64({int(Ctl.SENT)})",
        f"C_FAULTY = u64({int(Ctl.FAULTY)})",
        f"C_HELD = u64({int(Ctl.HELD)})",
        f"C_SCOUTING = u64({int(Ctl.SCOUTING)})",
    ]
    head = _HEAD.format(program=generator.program.name or "a P4 program")
    splits = "clone_egress_pkt_to_egress" in generator.usage.ops
    driver = _DRIVER.format(
        clones=_CLONES if splits else "", scouts=_SCOUTS if generator.hints else ""
    )
    return "\n".join([head, *constants, "", "", "\n\n\n".join([*functions, driver])])
