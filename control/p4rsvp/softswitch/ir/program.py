"""The typed P4 program: headers, parser, control graph, tables, actions and state.

Names are those of the P4Info (fully qualified), except headers and parser states, which keep their
names in the JSON. What a construct means is decided by codegen/; this is only what was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from p4rsvp.softswitch.ir.expressions import Expr, FieldRef


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field's place in its header; a varbit has width 0 and stands last in all that we accept."""

    name: str
    width_bits: int
    offset_bits: int
    signed: bool = False
    varbit: bool = False


@dataclass(slots=True)
class Header:
    """A header or metadata instance."""

    name: str
    index: int
    type_name: str
    fields: dict[str, FieldType]
    metadata: bool
    length_bits: int  # of the fixed part
    max_bytes: int
    stack: str | None = None
    stack_index: int = 0
    union: str | None = None

    @property
    def varbit(self) -> FieldType | None:
        """The field of variable length, where the header has one."""
        return next((f for f in self.fields.values() if f.varbit), None)


@dataclass(frozen=True, slots=True)
class ParserOp:
    """extract, extract_VL, set, verify, advance, or a primitive under its own name."""

    op: str
    args: tuple[Expr, ...]
    target: str = ""  # extract: header or stack
    to_stack: bool = False


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A set of keys that a controller fills, and a parser state selects by."""

    name: str
    size: int
    width_bits: tuple[int, ...]  # of the fields of its key


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a parser state goes: `match` has (value, mask) per key field, None is the default."""

    match: tuple[tuple[int, int | None], ...] | None
    next_state: str | None
    value_set: str | None = None


@dataclass(frozen=True, slots=True)
class ParserState:
    """One state of the parser."""

    name: str
    ops: tuple[ParserOp, ...]
    key: tuple[Expr, ...]
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Primitive:
    """One step of an action."""

    op: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ActionDef:
    """An action as one table knows it (p4c copies an action for each of its tables)."""

    id: int
    name: str
    param_names: tuple[str, ...]
    param_bits: tuple[int, ...]
    body: tuple[Primitive, ...]


@dataclass(frozen=True, slots=True)
class KeyField:
    """One component of a table's key."""

    name: str
    kind: str  # exact, lpm, ternary, range, optional
    field: FieldRef
    width_bits: int
    mask: int | None


@dataclass(frozen=True, slots=True)
class ConstEntry:
    """An entry or default entry that the P4 program fixes; match in the P4Runtime manner."""

    match: tuple[int | tuple[int, int] | None, ...]
    priority: int
    action_id: int
    params: tuple[int, ...]


@dataclass(slots=True)
class Table:
    """A match-action table and where control goes behind it."""

    name: str
    key: tuple[KeyField, ...]
    kind: str  # exact, lpm, ternary
    size: int
    action_ids: tuple[int, ...]
    profile: str | None
    selector: bool
    next_by_action: dict[str, str | None]
    next_hit: str | None
    next_miss: str | None
    branches_on_hit: bool
    base_next: str | None
    default: ConstEntry | None
    default_const: bool
    entries: tuple[ConstEntry, ...] | None
    timeout: bool
    direct_counter: str | None = None
    direct_meter: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Conditional:
    """An if of the control flow."""

    name: str
    condition: Expr
    true_next: str | None
    false_next: str | None


Node: TypeAlias = Table | Conditional


@dataclass(slots=True)
class Pipeline:
    """ingress or egress."""

    name: str
    first: str | None
    nodes: dict[str, Node]


@dataclass(frozen=True, slots=True)
class HashInput:
    """One piece of what a calculation runs over; header and payload stand for what they hold."""

    kind: str  # field, hexstr, header, payload
    expr: Expr | None
    width_bits: int
    header: str = ""


@dataclass(frozen=True, slots=True)
class Calculation:
    """A named checksum or hash."""

    name: str
    algo: str
    inputs: tuple[HashInput, ...]


@dataclass(frozen=True, slots=True)
class Checksum:
    """A checksum that the parser verifies or the deparser updates."""

    target: FieldRef
    calculation: str
    verify: bool
    update: bool
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class ActionProfile:
    """An action profile; with `selector_algo` a selector."""

    name: str
    size: int
    selector_algo: str | None
    selector_fields: tuple[FieldRef, ...]


@dataclass(frozen=True, slots=True)
class StateArray:
    """A meter, counter or register array."""

    name: str
    size: int
    direct: bool
    binding: str | None = None
    in_packets: bool = False
    on_wire: bool = False  # a meter that counts what a frame takes on an Ethernet
    result: FieldRef | None = None
    width_bits: int = 0


@dataclass(slots=True)
class Program:
    """All of it."""

    name: str
    headers: dict[str, Header]
    stacks: dict[str, tuple[str, ...]]
    unions: dict[str, tuple[str, ...]]
    errors: dict[str, int]
    parser_start: str
    parser: dict[str, ParserState]
    deparser: tuple[str, ...]
    actions: dict[int, ActionDef]
    ingress: Pipeline
    egress: Pipeline
    calculations: dict[str, Calculation]
    checksums: tuple[Checksum, ...]
    profiles: dict[str, ActionProfile]
    meters: dict[str, StateArray]
    counters: dict[str, StateArray]
    registers: dict[str, StateArray]
    field_lists: dict[int, tuple[FieldRef, ...]]
    digests: dict[int, tuple[str, tuple[Expr, ...]]]
    aliases: dict[str, FieldRef] = field(default_factory=dict)
    value_sets: dict[str, ValueSet] = field(default_factory=dict)

    @property
    def tables(self) -> list[Table]:
        """Every table of both pipelines."""
        nodes = [*self.ingress.nodes.values(), *self.egress.nodes.values()]
        return [node for node in nodes if isinstance(node, Table)]

    def field_type(self, ref: FieldRef) -> FieldType:
        """The type behind a reference; `$valid$` is one bit."""
        if ref.field == "$valid$":
            return FieldType("$valid$", 1, 0)
        return self.headers[ref.header].fields[ref.field]
