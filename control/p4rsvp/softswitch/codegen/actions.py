"""Primitives of v1model as lines of generated code.

The meaning is simple_switch's (targets/simple_switch/primitives.cpp). What is done to whole headers
is in headers.py, to counters, meters and registers in cells.py; here is the table of all, and what
decides over a packet's fate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.cells import Cells
from p4rsvp.softswitch.codegen.headers import Headers
from p4rsvp.softswitch.codegen.values import Value
from p4rsvp.softswitch.ir.expressions import Const, Expr, FieldRef, Ref
from p4rsvp.softswitch.layout import Extra

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.hashing import Hashing
    from p4rsvp.softswitch.codegen.places import Places
    from p4rsvp.softswitch.ir.program import Primitive

DROP_PORT = 511  # simple_switch's default


class Actions:
    """Writes primitives into the emitter."""

    def __init__(
        self, fields: Fields, expressions: Expressions, hashing: Hashing, places: Places
    ) -> None:
        self.fields = fields
        self.expressions = expressions
        self.hashing = hashing
        self.places = places
        self.out = fields.out
        self.program = fields.program
        self.headers = Headers(fields, expressions)
        self.cells = Cells(expressions, places)
        self._primitives: dict[str, Callable[[Sequence[Expr]], None]] = {
            "assign": self._assign,
            "assign_VL": self.headers.assign_varbit,
            "assign_header": self.headers.assign,
            "assign_header_stack": self.headers.assign_all,
            "assign_union": self.headers.assign_all,
            "add_header": self.headers.add,
            "remove_header": self.headers.remove,
            "push": self.headers.push,
            "pop": self.headers.pop,
            "mark_to_drop": self._mark_to_drop,
            "drop": self._mark_to_drop,
            "clone_ingress_pkt_to_egress": self._clone,
            "clone_egress_pkt_to_egress": self._clone,
            "resubmit": self._resubmit,
            "recirculate": self._recirculate,
            "generate_digest": self._digest,
            "truncate": self._truncate,
            "exit": self._exit,
            "no_op": self._nothing,
            "log_msg": self._nothing,
            "assert": self._nothing,
            "assume": self._nothing,
            "count": self.cells.count,
            "execute_meter": self.cells.execute_meter,
            "register_read": self.cells.read_register,
            "register_write": self.cells.write_register,
            "modify_field_rng_uniform": self._random,
            "modify_field_with_hash_based_offset": self._hash,
        }

    def primitive(self, step: Primitive) -> None:
        """One primitive."""
        handler = self._primitives.get(step.op)
        if handler is None:
            raise Unsupported(f"primitive {step.op}")
        handler(step.args)

    def _assign(self, args: Sequence[Expr]) -> None:
        self.expressions.assign(args[0], self.expressions.value(args[1]))

    # Fate

    def _mark_to_drop(self, args: Sequence[Expr]) -> None:
        header = args[0].name if args and isinstance(args[0], Ref) else "standard_metadata"
        fields = self.program.headers[header].fields
        self.fields.write(FieldRef(header, "egress_spec"), self.expressions.math.const(DROP_PORT))
        if "mcast_grp" in fields:
            self.fields.write(FieldRef(header, "mcast_grp"), self.expressions.math.const(0))

    def _extra(self, code: str) -> None:
        self.out.line(f"{self.fields.define('extra')} |= {code}")

    def _clone(self, args: Sequence[Expr]) -> None:
        session = self.expressions.math.truncate(self.expressions.value(args[0]), 16).code
        self.fields.define("extra")
        keep = self.out.const(~(0xFFFF << Extra.CLONE_SESSION))
        flag = self.out.const(1 << Extra.CLONE)
        shift = self.out.const(Extra.CLONE_SESSION)
        self.out.line(f"extra = (extra & {keep}) | {flag} | ({session} << {shift})")
        self._keep_list(args[1])

    def _resubmit(self, args: Sequence[Expr]) -> None:
        self._extra(self.out.const(1 << Extra.RESUBMIT))
        self._keep_list(args[0])

    def _recirculate(self, args: Sequence[Expr]) -> None:
        self._extra(self.out.const(1 << Extra.RECIRCULATE))
        self._keep_list(args[0])

    def _keep_list(self, expr: Expr) -> None:
        if not isinstance(expr, Const):
            raise Unsupported("a field list that is not constant")
        self.out.line(f"{self.fields.define('kept_list')} = {self.out.const(expr.value)}")

    def _digest(self, args: Sequence[Expr]) -> None:
        if not isinstance(args[1], Const):
            raise Unsupported("a digest that is not constant")
        self.fields.define("extra")
        keep = self.out.const(~(0xFF << Extra.DIGEST_ID))
        code = (1 << Extra.DIGEST) | (args[1].value << Extra.DIGEST_ID)
        self.out.line(f"extra = (extra & {keep}) | {self.out.const(code)}")

    def _truncate(self, args: Sequence[Expr]) -> None:
        length = self.expressions.math.truncate(self.expressions.value(args[0]), 32).code
        self.out.line(f"{self.fields.define('longest')} = {length} + {self.out.const(1)}")

    def _exit(self, _args: Sequence[Expr]) -> None:
        self.out.line(f"gone = {self.out.const(1)}")

    def _nothing(self, _args: Sequence[Expr]) -> None:
        pass

    # Chance and hashes

    def _random(self, args: Sequence[Expr]) -> None:
        low = self.out.temp(self.expressions.value(args[1]).code, "low")
        high = self.out.temp(self.expressions.value(args[2]).code, "high")
        one, zero = self.out.const(1), self.out.const(0)
        span = self.out.temp(f"{high} - {low} + {one} if {high} > {low} else {one}", "span")
        place = self.out.const(self.places.chance)
        drawn = self.out.temp(f"draw(mem, {place})", "drawn")
        safe = f"({drawn} % {span} if {span} != {zero} else {drawn})"
        self.expressions.assign(args[0], Value((f"({low} + {safe})",), 64))

    def _hash(self, args: Sequence[Expr]) -> None:
        target, base, calculation, size = args
        assert isinstance(calculation, Ref)
        named = self.program.calculations[calculation.name]
        hashed = self.hashing.compute(named.algo, named.inputs)
        math = self.expressions.math
        modulo = self.out.temp(math.truncate(self.expressions.value(size), 64).code, "modulo")
        # simple_switch takes a range of 0 for 1.
        zero = self.out.const(0)
        rest = f"({hashed.code} % {modulo} if {modulo} != {zero} else {zero})"
        offset = math.truncate(self.expressions.value(base), 64).code
        total = f"(({rest} + {offset}) & {self.out.const(-1)})"
        self.expressions.assign(target, Value((total,), 64))
