"""One pipeline as a C function.

Headers' fields and metadata become locals, which the C compiler keeps in registers or never loads.
Metadata begins as zero, which is what the program asks for. Headers stay where they lie in the
frame: what the program changes in them is written back, and only those in front of the last one
that it adds or takes away are written anew in front of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translator.spec import Instruction, Spec, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable

    from translator.p4info import P4Info
    from translator.p4info import Table as TableInfo
    from translator.spec import StructField, Table

MEMBER = "m.local_metadata_"

# What `struct pass` (pipeline.h) hands to a pipeline, and what it takes from it.
INPUTS = (
    "ingress_port", "in_interface", "out_interface", "out_port", "copies", "queue",
    "service_class", "frame_bytes", "wire_bytes", "damaged", "ipv6_src_group", "ipv6_scope",
)  # fmt: skip
OUTPUTS = ("in_interface", "out_port", "copies", "group", "queue", "service_class", "fate")

LARGE = 65536  # entries or cells: more than stay in a cache, so scout.h fetches them ahead

COMPARISONS = {"jmpeq": "==", "jmpneq": "!=", "jmplt": "<", "jmpgt": ">"}
OPERATIONS = {"add": "+", "sub": "-", "and": "&", "or": "|", "xor": "^", "shl": "<<", "shr": ">>"}


def c_type(bits: int) -> str:
    """The smallest type of C that holds so many bits."""
    for size in (8, 16, 32, 64):
        if bits <= size:
            return f"uint{size}_t"
    return "unsigned __int128"


def masked(value: str, bits: int) -> str:
    """A value cut to a width."""
    cast = f"({c_type(bits)})({value})"
    return cast if bits in {8, 16, 32, 64, 128} else f"({cast} & {hex((1 << bits) - 1)}u)"


class Pipeline:
    """Translates one spec."""

    def __init__(self, name: str, spec: Spec, info: P4Info) -> None:
        self.name = name
        self.spec = spec
        self.info = info
        self.metadata = spec.metadata
        self.lines: list[str] = []
        self.parsed_at = max(
            at for at, each in enumerate(spec.code) if each.words[0] in {"extract", "lookahead"}
        )
        self.emitted = [each.words[1][2:] for each in spec.code if each.words[0] == "emit"]
        self.extracted = {each.words[1][2:] for each in spec.code if each.words[0] == "extract"}
        self.moving = self._moving()
        self.written = {
            each.words[1]
            for code in (spec.code, *(action.code for action in spec.actions.values()))
            for each in code
            if each.words[0] in {"mov", *OPERATIONS} and each.words[1].startswith("h.")
        }
        self._check_labels()
        self._check_that_actions_are_heard()

    # What holds for the whole

    def _moving(self) -> list[str]:
        """Headers that may move until the packet leaves: up to the last that comes or goes."""
        last = -1
        for each in self.spec.code[self.parsed_at :]:
            if each.words[0] in {"validate", "invalidate"}:
                last = max(last, self.emitted.index(each.words[1][2:]))
        return self.emitted[: last + 1]

    def _check_labels(self) -> None:
        """Refuse a place that two labels name alike, as p4c-dpdk writes nested conditions."""
        labels = [each.label for each in self.spec.code if each.label]
        for label in labels:
            if labels.count(label) > 1:
                raise SpecError(f"the label {label}, which stands in two places")

    def _check_that_actions_are_heard(self) -> None:
        """Refuse what p4c-dpdk lost: comparisons, and values that actions set (docs/dpdk.md)."""
        read = {word for each in self.spec.code for word in each.words[1:]}
        read |= {field for table in self.spec.tables.values() for field in table.key}
        read |= {MEMBER + name for name in OUTPUTS}
        for name, action in self.spec.actions.items():
            for each in action.code:
                if each.words[0] == "mov" and each.words[1] not in read:
                    raise SpecError(f"{name} sets {each.words[1]}, which nothing reads")

    # Values

    def bits(self, operand: str) -> int:
        """The width of a field."""
        if operand.startswith("m."):
            return self.metadata[operand[2:]]
        _, header, field = operand.split(".")
        return next(each.bits for each in self.spec.header(header) if each.name == field)

    def value(self, operand: str) -> str:
        """A field or a constant as an expression."""
        if operand[:2] in {"m.", "h."}:
            return operand.replace(".", "_")
        return f"{operand}u"

    # The function

    def text(self) -> str:
        """The function in C."""
        self.lines = []
        body = self._body()
        text = "\n".join(body)
        head = [
            f"enum pass_result pipeline_{self.name}(struct pass *pass,",
            "\tconst struct program *program, struct worker_state *state)",
            "{",
            "\tuint8_t *const frame = pass->frame;",
            "\tuint32_t left_bytes = pass->length_bytes;",
            "\tuint32_t at = 0, front_bytes = 0;",
        ]
        return "\n".join([*head, *self._locals(text), "", *body, "}", ""])

    def _locals(self, body: str) -> list[str]:
        lines = []
        for name, bits in self.metadata.items():
            if f"m_{name}" not in body:
                continue
            short = name.removeprefix("local_metadata_")
            start = f"pass->{short}" if name != short and short in INPUTS else "0"
            lines.append(f"\t{c_type(bits)} m_{name} = {start};")
        for header in self.spec.headers:
            if f"has_{header}" in body:
                lines.append(f"\tbool has_{header} = false;")
            if header in self.extracted:
                lines.append(f"\tuint32_t at_{header} = 0;")
                if self._varying(header):
                    lines.append(f"\tuint32_t varying_{header} = 0;")
            lines += [
                f"\t{c_type(each.bits)} h_{header}_{each.name} = 0;"
                for each in self.spec.header(header)
                if f"h_{header}_{each.name}" in body
            ]
        return lines

    def _varying(self, header: str) -> StructField | None:
        return next((each for each in self.spec.header(header) if each.varies), None)

    def _fixed_bytes(self, header: str) -> int:
        return sum(each.bits // 8 for each in self.spec.header(header) if not each.varies)

    def _body(self) -> list[str]:
        targets = {each.words[1] for each in self.spec.code if each.words[0].startswith("jmp")}
        lines: list[str] = []
        for at, each in enumerate(self.spec.code):
            if each.label in targets:
                lines.append(f"{each.label}:")
            if each.words[0] == "emit" and self.spec.code[at - 1].words[0] != "emit":
                lines += self._emit()
            lines += [f"\t{line}" for line in self._statement(each)]
        return lines

    def _statement(self, each: Instruction) -> list[str]:
        operation, *operands = each.words
        if operation in OPERATIONS or operation == "mov":
            return [self._assign(operation, *operands)]
        if operation.startswith("jmp"):
            return self._jump(operation, *operands)
        statements: dict[str, Callable[..., list[str]]] = {
            "validate": self._validate,
            "invalidate": self._invalidate,
            "extract": self._extract,
            "lookahead": self._lookahead,
            "table": self._table,
            "meter": self._meter,
            "regadd": self._count,
            "tx": self._forwarded,
            "drop": self._dropped,
        }
        if operation in {"rx", "emit"}:
            return []  # the frame is there; _emit does all headers at once
        if operation not in statements:
            raise SpecError(f"the instruction `{' '.join(each.words)}`")
        return statements[operation](*operands)

    def _jump(self, operation: str, label: str, *operands: str) -> list[str]:
        values = [self.value(each) for each in operands]
        match operation:
            case "jmp":
                return [f"goto {label};"]
            case "jmpnv":
                test = f"!has_{operands[0][2:]}"
            case "jmpv":
                test = f"has_{operands[0][2:]}"
            case _:
                test = f"{values[0]} {COMPARISONS[operation]} {values[1]}"
        return [f"if ({test})", f"\tgoto {label};"]

    def _assign(self, operation: str, target: str, source: str, arguments: str = "") -> str:
        value = arguments or self.value(source)
        if operation != "mov":
            value = f"{self.value(target)} {OPERATIONS[operation]} {value}"
        return f"{self.value(target)} = {masked(value, self.bits(target))};"

    # Headers

    def _need(self, count: str) -> str:
        return f"if (left_bytes < {count})\n\t\treturn PASS_DAMAGED;"

    def _load(self, header: str, at: str) -> list[str]:
        lines, offset = [], 0
        for each in self.spec.header(header):
            if each.varies:
                continue
            lines.append(f"h_{header}_{each.name} = load_{each.bits}(frame + {at} + {offset});")
            offset += each.bits // 8
        return lines

    def _validate(self, operand: str) -> list[str]:
        return [f"has_{operand[2:]} = true;"]

    def _invalidate(self, operand: str) -> list[str]:
        return [f"has_{operand[2:]} = false;"]

    def _lookahead(self, operand: str) -> list[str]:
        header = operand[2:]
        return [self._need(f"{self._fixed_bytes(header)}"), *self._load(header, "at")]

    def _extract(self, operand: str, length: str | None = None) -> list[str]:
        header = operand[2:]
        size = f"{self._fixed_bytes(header)}u"
        lines = []
        if length is not None:
            lines.append(f"varying_{header} = {self.value(length)};")
            size += f" + varying_{header}"
            varying = self._varying(header)
            assert varying is not None
            lines.append(f"if (varying_{header} > {varying.bits // 8}u)\n\t\treturn PASS_DAMAGED;")
        lines += [
            self._need(size),
            f"has_{header} = true;",
            f"at_{header} = at;",
            *self._load(header, "at"),
            f"at += {size};",
            f"left_bytes -= {size};",
        ]
        if header in self.moving or header not in self.emitted:
            lines.append(f"front_bytes += {size};")
        return lines

    def _emit(self) -> list[str]:
        """Write back what changed where it stands, then the moving headers in front of it."""
        lines = []
        for header in self.emitted:
            if header in self.moving or header not in self.extracted:
                continue
            stores = self._stores(header, f"frame + at_{header}", only_written=True)
            if stores:
                lines += [f"\tif (has_{header}) {{", *(f"\t\t{each}" for each in stores), "\t}"]
        lines.append("\tuint8_t *start = frame + front_bytes;")
        for header in reversed(self.moving):
            stores = self._stores(header, "start", only_written=False)
            lines += [
                f"\tif (has_{header}) {{",
                f"\t\tstart -= {self._fixed_bytes(header)};",
                *(f"\t\t{each}" for each in stores),
                "\t}",
            ]
        return [
            *lines,
            "\tpass->length_bytes += (uint32_t)(frame - start);",
            "\tpass->frame = start;",
        ]

    def _stores(self, header: str, place: str, *, only_written: bool) -> list[str]:
        lines, offset = [], 0
        for each in self.spec.header(header):
            if not only_written or f"h.{header}.{each.name}" in self.written:
                lines.append(f"store_{each.bits}({place} + {offset}, h_{header}_{each.name});")
            offset += each.bits // 8
        return lines

    # Tables, meters, counters

    def _table(self, name: str) -> list[str]:
        table = self.spec.tables[name]
        info = self.info.tables[name]
        place = f"&program->tables[TABLE_{info.name.upper()}]"
        if info.key[0].match == "LPM":
            key = self.value(table.key[0])
            found = (
                f"table_find_prefix({place}, (unsigned __int128){key} << {128 - info.key[0].bits})"
            )
        else:
            words = ", ".join(self._key_words(info, table))
            key = f"{place}, (const uint64_t[]){{{words}}}, {_words(info)}"
            found = f"table_find({key})"
            if info.size >= LARGE:
                found = f"table_find_noted({key}, state)"
        lines = ["{", f"\tconst struct row *row = {found};", "", "\tswitch (row->action) {"]
        for number, each in enumerate(table.actions):
            action = self._action(number, each, _words(info))
            lines += [f"\t{line}" for line in action]
        return [*lines, "\t}", "}"]

    def _key_words(self, info: TableInfo, table: Table) -> list[str]:
        """The key's bytes as numbers of 64 bits, the first byte highest; zeros behind the last."""
        total = _words(info) * 64
        parts: list[list[str]] = [[] for _ in range(total // 64)]
        end = total
        for field, operand in zip(info.key, table.key, strict=True):
            low, high = end - field.bytes * 8, end  # bits of the whole, counted from its end
            for word in range(low // 64, (high - 1) // 64 + 1):
                shift = low - word * 64
                value = f"(uint64_t)({self.value(operand)}" + (
                    f" >> {-shift})" if shift < 0 else ")"
                )
                if shift > 0:
                    value += f" << {shift}"
                parts[len(parts) - 1 - word].append(value)
            end = low
        return [" | ".join(f"({each})" for each in part) for part in parts]

    def _action(self, number: int, name: str, key_words: int) -> list[str]:
        """A case: the parameters are taken out of the row's words, behind those of the key."""
        info = self.info.actions[name.rpartition("_")[0]]
        places, bit = {}, key_words * 64
        for parameter in info.parameters:
            places[f"t.{parameter.name}"] = (bit, parameter.bytes * 8)
            bit += parameter.bytes * 8
        lines = [f"case {number}:"]
        for each in self.spec.actions[name].code:
            if each.words[0] == "return":
                break
            _, target, source = each.words
            value = self._parameter(*places[source]) if source in places else ""
            lines.append(f"\t{self._assign(each.words[0], target, source, value)}")
        return [*lines, "\tbreak;"]

    def _parameter(self, start: int, bits: int) -> str:
        first, last = start // 64, (start + bits - 1) // 64
        low = (last + 1) * 64 - (start + bits)
        value = f"row->words[{last}] >> {low}"
        if first != last:
            value = f"row->words[{first}] << {64 - low} | {value}"
        return value if bits == 64 else f"({value}) & {hex((1 << bits) - 1)}u"

    def _meter(self, name: str, index: str, amount: str, _: str, colour: str) -> list[str]:
        info = self.info.meters[name]
        cost = "1u" if info.unit == "PACKETS" else self.value(amount)
        array = f"&program->meters[METER_{info.name.upper()}]"
        call = f"meter_execute({array}, {self.value(index)}, {cost}, pass->now_ns)"
        if info.size >= LARGE:
            call = call.replace("meter_execute", "meter_execute_noted")[:-1] + ", state)"
        return [f"{self.value(colour)} = {masked(call, self.bits(colour))};"]

    def _count(self, name: str, index: str, amount: str) -> list[str]:
        counter, _, half = name.rpartition("_")
        if half == "packets":
            return []  # the half with the bytes counts both
        info = self.info.counters[counter]
        array = f"COUNTER_{info.name.upper()}"
        function = "counter_add_noted" if info.size >= LARGE else "counter_add"
        return [f"{function}(state, {array}, {self.value(index)}, {self.value(amount)});"]

    def _forwarded(self, _: str) -> list[str]:
        return [*self._hand_over(), "return PASS_FORWARDED;"]

    def _dropped(self) -> list[str]:
        return [*self._hand_over(), "return PASS_DROPPED;"]

    def _hand_over(self) -> list[str]:
        taken = [name for name in OUTPUTS if f"local_metadata_{name}" in self.metadata]
        return [f"pass->{name} = m_local_metadata_{name};" for name in taken]


def _words(info: TableInfo) -> int:
    """How many numbers of 64 bits hold a key; that of a prefix has its length behind it."""
    count = sum(each.bytes for each in info.key) + (info.key[0].match == "LPM")
    return -(-count // 8)
