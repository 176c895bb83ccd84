"""The parser as generated code, with P4's errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.flow import END, Flow
from p4rsvp.softswitch.codegen.values import Value
from p4rsvp.softswitch.ir.expressions import Const, Expr, FieldRef, Lookahead
from p4rsvp.softswitch.ir.program import Primitive

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.actions import Actions
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.flow import Exits
    from p4rsvp.softswitch.ir.program import Header, ParserOp, ParserState, Transition

# The core library's errors with the numbers that p4c gives them, for programs that do not list
# them.
_CORE_ERRORS = {
    "NoError": 0,
    "PacketTooShort": 1,
    "NoMatch": 2,
    "StackOutOfBounds": 3,
    "HeaderTooShort": 4,
    "ParserTimeout": 5,
    "ParserInvalidArgument": 6,
}
_ERROR_FIELD = FieldRef("standard_metadata", "parser_error")


class Parser:
    """Writes the states; of a header, only the locals in `needed` are loaded."""

    def __init__(self, fields: Fields, expressions: Expressions, actions: Actions) -> None:
        self.fields = fields
        self.expressions = expressions
        self.actions = actions
        self.places = actions.places
        self.out: Emitter = fields.out
        self.program = fields.program
        self.needed: set[str] = set()
        self.has_error_field = "parser_error" in (self.program.headers["standard_metadata"].fields)

    def write(self) -> None:
        """The whole parser; leaves `parsed` at the end of what was extracted."""
        states = self.program.parser
        successors = {name: [t for _, t in _cases(state)] + [END] for name, state in states.items()}
        numbers = {name: i + 1 for i, name in enumerate(states)}
        self.out.line(f"state = {self.out.const(0)}")
        flow = Flow(self.out, successors, numbers, self._state, "state")
        flow.write([self.program.parser_start])

    def _state(self, name: str, flow: Flow) -> Exits | None:
        self._steps(self.program.parser[name], 0, flow)
        return None

    def _steps(self, state: ParserState, at: int, flow: Flow) -> None:
        """The operations from `at` on, each within the success of the one before."""
        while at < len(state.ops):
            step = state.ops[at]
            failures = self._failures(step)
            if failures:
                self._guard(failures, flow)
                with self.out.block("else:"):
                    self._apply(step)
                    self._steps(state, at + 1, flow)
                return
            self._apply(step)
            at += 1
        self._transitions(state, flow)

    def _guard(self, failures: list[tuple[str, Value]], flow: Flow) -> None:
        for position, (condition, error) in enumerate(failures):
            with self.out.block(f"{'el' if position else ''}if {condition}:"):
                self._fail(error)
                flow.goto(END)

    def _fail(self, error: Value) -> None:
        if self.has_error_field:
            self.fields.write(_ERROR_FIELD, error)

    def _error(self, name: str) -> Value:
        number = self.program.errors.get(name, _CORE_ERRORS[name])
        return self.expressions.math.const(number)

    def _beyond(self, size: str) -> str:
        return f"parsed + {size} > length"

    def _failures(self, step: ParserOp) -> list[tuple[str, Value]]:
        """The conditions under which an operation fails, in the order in which bmv2 checks them."""
        short = self._error("PacketTooShort")
        if step.op in {"extract", "extract_VL"}:
            return self._extract_failures(step)
        if step.op == "verify":
            condition = self.expressions.boolean(step.args[0])
            return [(f"not {condition}", self.expressions.value(step.args[1]))]
        if step.op == "advance":
            amount = self._advance_bytes(step.args[0])
            return [(self._beyond(amount), short)]
        if step.op == "set" and isinstance(step.args[1], Lookahead):
            return [(self._beyond(self._reach(step.args[1])), short)]
        return []

    def _extract_failures(self, step: ParserOp) -> list[tuple[str, Value]]:
        failures = []
        header = self._header(step)
        if step.to_stack:
            stack = self.fields.use(self.fields.next_index(step.target))
            size = self.out.const(len(self.program.stacks[step.target]))
            failures.append((f"{stack} >= {size}", self._error("StackOutOfBounds")))
        fixed = self.out.const(header.length_bits // 8)
        if header.length_bits % 8:
            raise Unsupported(f"header {header.name} of {header.length_bits} bits")
        if step.op == "extract":
            return [*failures, (self._beyond(fixed), self._error("PacketTooShort"))]
        if header.varbit is None or list(header.fields.values())[-1] is not header.varbit:
            raise Unsupported(f"header {header.name}: a field behind its varbit")
        bits = self.expressions.math.truncate(self.expressions.value(step.args[0]), 32).code
        name = self.out.temp(bits, "bits")
        self.out.line(f"extent = {name} >> {self.out.const(3)}")
        seven, most = self.out.const(7), self.out.const(header.max_bytes)
        failures.append(
            (f"({name} & {seven}) != {self.out.const(0)}", self._error("ParserInvalidArgument"))
        )
        failures.append((self._beyond(f"{fixed} + extent"), self._error("PacketTooShort")))
        failures.append((f"{fixed} + extent > {most}", self._error("HeaderTooShort")))
        return failures

    def _header(self, step: ParserOp) -> Header:
        name = self.program.stacks[step.target][0] if step.to_stack else step.target
        return self.program.headers[name]

    def _advance_bytes(self, amount: Expr) -> str:
        if isinstance(amount, Const):
            if amount.value % 8:
                raise Unsupported(f"advance by {amount.value} bits")
            return self.out.const(amount.value // 8)
        bits = self.expressions.math.truncate(self.expressions.value(amount), 32).code
        return f"({bits} >> {self.out.const(3)})"

    def _reach(self, ahead: Lookahead) -> str:
        return self.out.const((ahead.offset_bits + ahead.width_bits + 7) // 8)

    def _apply(self, step: ParserOp) -> None:
        if step.op in {"extract", "extract_VL"}:
            self._extract(step)
        elif step.op == "set":
            self.expressions.assign(step.args[0], self._value(step.args[1]))
        elif step.op == "advance":
            self.out.line(f"parsed += {self._advance_bytes(step.args[0])}")
        elif step.op != "verify":
            self.actions.primitive(Primitive(step.op, step.args))

    def _value(self, expr: Expr) -> Value:
        if not isinstance(expr, Lookahead):
            return self.expressions.value(expr)
        limbs = self.fields.load_bits("start + parsed", expr.offset_bits, expr.width_bits)
        held = tuple(self.out.temp(limb, "ahead") for limb in limbs)
        return Value(held, expr.width_bits)

    def _extract(self, step: ParserOp) -> None:
        header = self._header(step)
        if step.to_stack:
            stack = self.fields.define(self.fields.next_index(step.target))
            for position, name in enumerate(self.program.stacks[step.target]):
                head = f"{'el' if position else ''}if {stack} == {self.out.const(position)}:"
                with self.out.block(head):
                    self._extract_header(self.program.headers[name], step)
            self.out.line(f"{stack} += {self.out.const(1)}")
        else:
            self._extract_header(header, step)
        total = self.out.const(header.length_bits // 8)
        self.out.line(
            f"parsed += {total} + extent" if step.op == "extract_VL" else f"parsed += {total}"
        )

    def _extract_header(self, header: Header, step: ParserOp) -> None:
        at = self.fields.define(self.fields.offset(header.name))
        self.out.line(f"{at} = start + parsed")
        self.fields.set_valid(header.name, valid=True)
        for kind in header.fields.values():
            if kind.varbit:
                self._remember_varbit(header, at, step)
                continue
            locals_ = self.fields.limbs(FieldRef(header.name, kind.name))
            loads = self.fields.load_bits(at, kind.offset_bits, kind.width_bits)
            for local, load in zip(locals_, loads, strict=True):
                if local in self.needed:
                    self.out.line(f"{self.fields.define(local)} = {load}")

    def _remember_varbit(self, header: Header, at: str, step: ParserOp) -> None:
        size = self.fields.define(self.fields.size(header.name))
        extent = "extent" if step.op == "extract_VL" else self.out.const(0)
        self.out.line(f"{size} = {extent}")
        if not self.fields.from_wire(header):
            place = self.fields.define(self.fields.varbit_local(header.name))
            self.out.line(f"{place} = {at} + {self.out.const(header.length_bits // 8)}")

    def _transitions(self, state: ParserState, flow: Flow) -> None:
        reach = [self._beyond(self._reach(k)) for k in state.key if isinstance(k, Lookahead)]
        if reach:
            self._guard([(" or ".join(reach), self._error("PacketTooShort"))], flow)
            with self.out.block("else:"):
                self._select(state, flow)
        else:
            self._select(state, flow)

    def _select(self, state: ParserState, flow: Flow) -> None:
        key = []
        for expr in state.key:
            value = self._value(expr)
            key.append(
                Value(tuple(self.out.temp(x or "", "key") for x in value.limbs), value.width)
            )
        cases = _cases(state)
        for position, (group, target) in enumerate(cases):
            if group is None:
                continue
            tests = [self._matches(key, transition) for transition in group]
            condition = " | ".join(f"({test})" for test in tests)
            with self.out.block(f"{'el' if position else ''}if {condition}:"):
                flow.goto(target)
        otherwise = cases[-1][1] if cases and cases[-1][0] is None else None
        if len(cases) == (otherwise is not None):
            self._default(otherwise, flow)
            return
        with self.out.block("else:"):
            self._default(otherwise, flow)

    def _default(self, target: str | None, flow: Flow) -> None:
        if target is None:
            self._fail(self._error("NoMatch"))
        flow.goto(target or END)

    def _matches(self, key: list[Value], transition: Transition) -> str:
        if transition.value_set is not None:
            place = self.out.const(self.places.value_sets[transition.value_set])
            words = "".join(f"{limb}, " for value in key for limb in value.limbs)
            return f"in_value_set(mem, {place}, ({words}))"
        math = self.expressions.math
        parts = []
        for value, (wanted, mask) in zip(key, transition.match or (), strict=True):
            full = (1 << value.width) - 1
            if mask is not None and mask & full == 0:
                continue
            if mask is None or mask & full == full:
                parts.append(math.equal(value, math.const(wanted)))
            else:
                masked = math.bitwise("&", value, math.const(mask))
                parts.append(math.equal(masked, math.const(wanted & mask)))
        return " & ".join(parts) or "True"


def _cases(state: ParserState) -> list[tuple[list[Transition] | None, str]]:
    """Neighbouring transitions to one state taken together, up to the default (group None)."""
    cases: list[tuple[list[Transition] | None, str]] = []
    for transition in state.transitions:
        target = transition.next_state or END
        if transition.match is None and transition.value_set is None:
            cases.append((None, target))
            break
        last = cases[-1] if cases else None
        if last is not None and last[1] == target and last[0] is not None:
            last[0].append(transition)
        else:
            cases.append(([transition], target))
    return cases
