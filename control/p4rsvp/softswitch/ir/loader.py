"""Reads a bmv2 JSON (format 2.x) into ir/program.py, and refuses by name what we do not know.

The format is behavioral-model's docs/JSON_format.md. Unknown attributes are ignored as bmv2 does;
an unknown kind of object is an `Unsupported`.
"""

from __future__ import annotations

import json
from typing import Any

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.ir.expressions import Const, FieldRef, parse_expr
from p4rsvp.softswitch.ir.program import (
    ActionDef,
    ActionProfile,
    Calculation,
    Checksum,
    Conditional,
    ConstEntry,
    FieldType,
    HashInput,
    Header,
    KeyField,
    Node,
    ParserOp,
    ParserState,
    Pipeline,
    Primitive,
    Program,
    StateArray,
    Table,
    Transition,
    ValueSet,
)

_Json = dict[str, Any]
MAX_PRIORITY = 1 << 31  # bmv2 counts downwards from here: its smallest number is our largest


def load_program(text: str) -> Program:
    """Read the text of a bmv2 JSON file; raises Unsupported, or ValueError for what is none."""
    data = json.loads(text)
    try:
        return _program(data)
    except (LookupError, TypeError, AttributeError) as fault:
        raise ValueError(f"not the JSON of a v1model program: {fault!r}") from fault


def _program(data: _Json) -> Program:
    _refuse_unsupported(data)
    headers = _headers(data)
    stacks, unions = _groups(data, "header_stacks"), _groups(data, "header_unions")
    for stack, names in stacks.items():
        for position, name in enumerate(names):
            headers[name].stack, headers[name].stack_index = stack, position
    for union, names in unions.items():
        for name in names:
            headers[name].union = union
    actions = {a["id"]: _action(a) for a in data["actions"]}
    pipelines = {p["name"]: _pipeline(p, headers, data) for p in data["pipelines"]}
    parser = data["parsers"][0]
    program = Program(
        name=data.get("program", ""),
        headers=headers,
        stacks=stacks,
        unions=unions,
        errors=dict(data.get("errors", [])),
        parser_start=parser["init_state"],
        parser={},
        deparser=_deparser(data["deparsers"][0]),
        actions=actions,
        ingress=pipelines["ingress"],
        egress=pipelines["egress"],
        calculations={c["name"]: _calculation(c, headers) for c in data["calculations"]},
        checksums=tuple(_checksum(c) for c in data["checksums"]),
        profiles={
            profile["name"]: _profile(profile)
            for pipeline in data["pipelines"]
            for profile in pipeline["action_profiles"]
        },
        meters={m["name"]: _state(m) for m in data["meter_arrays"]},
        counters={c["name"]: _state(c) for c in data["counter_arrays"]},
        registers={r["name"]: _state(r) for r in data["register_arrays"]},
        field_lists={f["id"]: _fields(f["elements"]) for f in data.get("field_lists", [])},
        digests={
            d["id"]: (d["name"], tuple(parse_expr(e) for e in d["elements"]))
            for d in data.get("learn_lists", [])
        },
        aliases={alias: FieldRef(*target) for alias, target in data.get("field_aliases", [])},
    )
    program.value_sets = _value_sets(data, parser["parse_states"], program)
    program.parser = {s["name"]: _state_of(s, program) for s in parser["parse_states"]}
    _bind_direct(program)
    return program


def _refuse_unsupported(data: _Json) -> None:
    """Raise Unsupported for what no generated code exists."""
    if data.get("header_union_stacks"):
        raise Unsupported(f"header union stack {data['header_union_stacks'][0]['name']}")
    if data.get("extern_instances"):
        first = data["extern_instances"][0]
        raise Unsupported(f"extern {first['type']} ({first['name']})")


def _groups(data: _Json, kind: str) -> dict[str, tuple[str, ...]]:
    """Stacks or unions: the names of their headers."""
    by_id = {header["id"]: header["name"] for header in data["headers"]}
    return {
        group["name"]: tuple(by_id[i] for i in group["header_ids"]) for group in data.get(kind, [])
    }


def _fields(elements: list[_Json]) -> tuple[FieldRef, ...]:
    refs = tuple(parse_expr(e) for e in elements)
    for ref in refs:
        if not isinstance(ref, FieldRef):
            raise Unsupported(f"field list with {ref}")
    return refs  # type: ignore[return-value]  # every element was checked in the loop above


def _headers(data: _Json) -> dict[str, Header]:
    types = {t["name"]: t for t in data["header_types"]}
    headers = {}
    for index, item in enumerate(data["headers"]):
        kind = types[item["header_type"]]
        fields, offset = {}, 0
        for name, width, *signed in kind["fields"]:
            varbit = width == "*"
            width_bits = 0 if varbit else width
            is_signed = bool(signed and signed[0])
            fields[name] = FieldType(name, width_bits, offset, is_signed, varbit)
            offset += width_bits
        headers[item["name"]] = Header(
            name=item["name"],
            index=index,
            type_name=item["header_type"],
            fields=fields,
            metadata=item["metadata"],
            length_bits=offset,
            max_bytes=kind.get("max_length") or (offset + 7) // 8,
        )
    return headers


def _deparser(item: _Json) -> tuple[str, ...]:
    if item.get("primitives"):
        raise Unsupported(f"statement {item['primitives'][0].get('op')} in the deparser")
    return tuple(item["order"])


def _action(item: _Json) -> ActionDef:
    return ActionDef(
        id=item["id"],
        name=item["name"],
        param_names=tuple(p["name"] for p in item["runtime_data"]),
        param_bits=tuple(p["bitwidth"] for p in item["runtime_data"]),
        body=tuple(_primitive(p) for p in item["primitives"]),
    )


# Arguments that only a person reads, or whose kinds expressions do not have.
_SILENT = {"log_msg", "assert", "assume", "no_op"}


def _primitive(item: _Json) -> Primitive:
    op = item["op"]
    if op in _SILENT:
        return Primitive(op, ())
    return Primitive(op, tuple(parse_expr(a) for a in item["parameters"]))


def _state_of(item: _Json, program: Program) -> ParserState:
    key = tuple(parse_expr(k) for k in item["transition_key"])
    widths = [-(-_key_bits(k, program) // 8) for k in item["transition_key"]]
    return ParserState(
        name=item["name"],
        ops=tuple(_parser_op(op) for op in item["parser_ops"]),
        key=key,
        transitions=tuple(_transition(t, widths) for t in item["transitions"]),
    )


def _key_bits(item: _Json, program: Program) -> int:
    kind, value = item["type"], item["value"]
    if kind == "lookahead":
        return value[1]  # type: ignore[no-any-return]  # a JSON integer
    header = value[0] if kind == "field" else program.stacks[value[0]][0]
    return program.field_type(FieldRef(header, value[1])).width_bits


def _value_sets(data: _Json, states: list[_Json], program: Program) -> dict[str, ValueSet]:
    """The value sets that the parser selects by, with the keys that it compares them to."""
    sizes = {item["name"]: item["max_size"] for item in data.get("parse_vsets", [])}
    found: dict[str, ValueSet] = {}
    for state in states:
        widths = tuple(_key_bits(k, program) for k in state["transition_key"])
        for item in state["transitions"]:
            if item["type"] != "parse_vset":
                continue
            name = item["value"]
            made = ValueSet(name, sizes[name], widths)
            if item["mask"] is not None or found.setdefault(name, made) != made:
                raise Unsupported(f"value set {name} with a mask, or beside keys of two kinds")
    return found


def _transition(item: _Json, widths: list[int]) -> Transition:
    if item["type"] == "default":
        return Transition(None, item["next_state"])
    if item["type"] == "parse_vset":
        return Transition(None, item["next_state"], item["value"])
    value = int(item["value"], 16)
    mask = None if item["mask"] is None else int(item["mask"], 16)
    parts: list[tuple[int, int | None]] = []
    for width in reversed(widths):
        ones = (1 << 8 * width) - 1
        parts.append((value & ones, None if mask is None else mask & ones))
        value >>= 8 * width
        mask = None if mask is None else mask >> 8 * width
    return Transition(tuple(reversed(parts)), item["next_state"])


def _parser_op(item: _Json) -> ParserOp:
    op, args = item["op"], item["parameters"]
    if op == "primitive":
        inner = _primitive(args[0])
        return ParserOp(inner.op, inner.args)
    if op in {"extract", "extract_VL"}:
        kind = args[0]["type"]
        if kind not in {"regular", "stack"}:
            raise Unsupported(f"extraction into a {kind}")
        rest = tuple(parse_expr(a) for a in args[1:])
        return ParserOp(op, rest, target=args[0]["value"], to_stack=kind == "stack")
    if op == "shift":
        return ParserOp("advance", (Const(8 * args[0]),))
    if op in {"set", "verify", "advance"}:
        return ParserOp(op, tuple(parse_expr(a) for a in args))
    raise Unsupported(f"parser operation {op}")


def _pipeline(item: _Json, headers: dict[str, Header], data: _Json) -> Pipeline:
    nodes: dict[str, Node] = {}
    for table in item["tables"]:
        nodes[table["name"]] = _table(table, headers, data)
    for cond in item["conditionals"]:
        nodes[cond["name"]] = Conditional(
            cond["name"], parse_expr(cond["expression"]), cond["true_next"], cond["false_next"]
        )
    if item.get("action_calls"):
        raise Unsupported(f"action call {item['action_calls'][0]['name']} outside a table")
    return Pipeline(item["name"], item["init_table"], nodes)


def _table(item: _Json, headers: dict[str, Header], data: _Json) -> Table:
    key = tuple(_key(k, headers) for k in item["key"])
    kinds = {k.kind for k in key}
    kind = "exact"
    if kinds & {"ternary", "range", "optional"} or (kinds == {"lpm", "exact"}):
        kind = "ternary"
    elif "lpm" in kinds:
        kind = "lpm"
    nexts = item["next_tables"]
    on_hit = "__HIT__" in nexts or "__MISS__" in nexts
    base = item.get("base_default_next")
    default = item.get("default_entry")
    names = {a["id"]: a["name"] for a in data["actions"]}
    return Table(
        name=item["name"],
        key=key,
        kind=kind,
        size=max(item["max_size"], len(item.get("entries", ())), 1),
        action_ids=tuple(item["action_ids"]),
        profile=item.get("action_profile"),
        selector=item["type"] == "indirect_ws",
        next_by_action={}
        if on_hit
        else {names[i]: nexts.get(names[i]) for i in item["action_ids"]},
        next_hit=nexts.get("__HIT__", base),
        next_miss=nexts.get("__MISS__", base),
        branches_on_hit=on_hit,
        base_next=base,
        default=None if default is None else _default(default),
        default_const=bool(default and default.get("action_const")),
        entries=tuple(_entry(e, key) for e in item["entries"]) if "entries" in item else None,
        timeout=item["support_timeout"],
    )


def _key(item: _Json, headers: dict[str, Header]) -> KeyField:
    kind, target = item["match_type"], item["target"]
    if kind == "valid":
        ref, width, kind = FieldRef(target, "$valid$"), 1, "exact"
    else:
        ref = FieldRef(*target)
        width = 1 if ref.field == "$valid$" else headers[ref.header].fields[ref.field].width_bits
    if kind not in {"exact", "lpm", "ternary", "range", "optional"}:
        raise Unsupported(f"match kind {kind}")
    mask = None if item["mask"] is None else int(item["mask"], 16)
    return KeyField(item.get("name", ".".join(target)), kind, ref, width, mask)


def _default(item: _Json) -> ConstEntry:
    params = tuple(int(v, 16) for v in item.get("action_data", ()))
    return ConstEntry((), 0, item["action_id"], params)


def _entry(item: _Json, key: tuple[KeyField, ...]) -> ConstEntry:
    match = tuple(_match(m, k) for m, k in zip(item["match_key"], key, strict=True))
    action = item["action_entry"]
    params = tuple(int(v, 16) for v in action["action_data"])
    return ConstEntry(match, MAX_PRIORITY - item.get("priority", 0), action["action_id"], params)


def _match(item: _Json, key: KeyField) -> int | tuple[int, int] | None:
    kind = item["match_type"]
    if kind == "range":
        return int(item["start"], 16), int(item["end"], 16)
    if kind == "valid":
        return int(item["key"])
    value = int(item["key"], 16)
    if kind == "lpm":
        return value, item["prefix_length"]
    if kind == "ternary":
        mask = int(item["mask"], 16)
        if key.kind == "optional":
            return value if mask else None
        return (value & mask, mask) if mask else None
    return value


def _calculation(item: _Json, headers: dict[str, Header]) -> Calculation:
    inputs = []
    for part in item["input"]:
        kind = part["type"]
        if kind == "field":
            ref = FieldRef(*part["value"])
            inputs.append(HashInput(kind, ref, headers[ref.header].fields[ref.field].width_bits))
        elif kind == "hexstr":
            inputs.append(HashInput(kind, Const(int(part["value"], 16)), part["bitwidth"]))
        elif kind == "header":
            bits = headers[part["value"]].length_bits
            inputs.append(HashInput(kind, None, bits, part["value"]))
        elif kind == "payload":
            inputs.append(HashInput(kind, None, 0))
        else:
            raise Unsupported(f"checksum input of type {kind}")
    return Calculation(item["name"], item["algo"], tuple(inputs))


def _checksum(item: _Json) -> Checksum:
    cond = item.get("if_cond")
    return Checksum(
        target=FieldRef(*item["target"]),
        calculation=item["calculation"],
        verify=item.get("verify", True),
        update=item.get("update", True),
        condition=None if cond is None else parse_expr(cond),
    )


def _profile(item: _Json) -> ActionProfile:
    selector = item.get("selector")
    return ActionProfile(
        item["name"],
        item["max_size"],
        selector["algo"] if selector else None,
        _fields(selector["input"]) if selector else (),
    )


def _state(item: _Json) -> StateArray:
    target = item.get("result_target")
    return StateArray(
        name=item["name"],
        size=item.get("size", 0),
        direct=item.get("is_direct", False),
        binding=item.get("binding"),
        in_packets=item.get("type") == "packets",
        result=FieldRef(*target) if target else None,
        width_bits=item.get("bitwidth", 0),
    )


def _bind_direct(program: Program) -> None:
    tables = {t.name: t for t in program.tables}
    for counter in program.counters.values():
        if counter.direct and counter.binding in tables:
            tables[counter.binding].direct_counter = counter.name
    for meter in program.meters.values():
        if meter.direct and meter.binding in tables:
            tables[meter.binding].direct_meter = meter.name
