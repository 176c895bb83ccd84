"""The P4 program as it is checked in: its sources, what was compiled from them, a listing."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from finsy.proto import p4i
from google.protobuf import text_format

from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON

FOLDER = Path(__file__).parents[3] / "p4src"
GOLDEN = Path(__file__).with_name("golden.txt")


@cache
def p4info() -> p4i.P4Info:
    text = P4INFO.read_text()
    info = p4i.P4Info()
    text_format.Parse(text, info)
    return info


@cache
def bmv2_json() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(V1MODEL_JSON.read_text())
    return loaded


def listing() -> str:
    """Everything that a controller can name, one line each, by id."""
    info = p4info()
    lines = [_table(table) for table in info.tables]
    lines += [
        _line("action", action.preamble, *(f"{p.name}:{p.bitwidth}" for p in action.params))
        for action in info.actions
    ]
    for kind, arrays in (("counter", info.counters), ("meter", info.meters)):
        lines += [_line(kind, array.preamble, _unit(array), f"x{array.size}") for array in arrays]
    lines += [
        _line("header", header.preamble, *(f"{m.name}:{m.bitwidth}" for m in header.metadata))
        for header in info.controller_packet_metadata
    ]
    return "\n".join(sorted(lines)) + "\n"


def _table(table: p4i.Table) -> str:
    kinds = p4i.MatchField.MatchType
    keys = (f"{m.name}:{m.bitwidth}/{kinds.Name(m.match_type)}" for m in table.match_fields)
    names = {action.preamble.id: action.preamble.alias for action in p4info().actions}
    actions = ",".join(
        ("default:" if ref.scope == p4i.ActionRef.DEFAULT_ONLY else "") + names[ref.id]
        for ref in table.action_refs
    )
    return _line("table", table.preamble, *keys, f"-> {actions}", f"x{table.size}")


def _unit(array: p4i.Counter | p4i.Meter) -> str:
    if isinstance(array, p4i.Meter):
        return p4i.MeterSpec.Unit.Name(array.spec.unit)
    return p4i.CounterSpec.Unit.Name(array.spec.unit)


def _line(kind: str, preamble: p4i.Preamble, *words: str) -> str:
    return " ".join([f"{preamble.id:08x}", kind, preamble.alias, *words])


def defines(name: str) -> dict[str, int]:
    """The #defines with a number in a file of p4src/shared."""
    text = (FOLDER / "shared" / name).read_text()
    return {
        macro: int(number, 0)
        for macro, number in re.findall(r"^#define (\w+) +(0x\w+|\d+)", text, re.MULTILINE)
    }


def constants() -> dict[str, int]:
    """The constants of numbers.p4 and packet_io.p4, names as they stand there."""
    text = "".join(
        (FOLDER / "shared" / name).read_text() for name in ("numbers.p4", "packet_io.p4")
    )
    found = re.findall(r"^const [\w<>]+ +(\w+) += (0x\w+|\d+);", text, re.MULTILINE)
    return {name: int(number, 0) for name, number in found}


def enumerations() -> dict[str, dict[str, int]]:
    """The enums of numbers.p4: name -> member -> number."""
    text = re.sub(r"//.*", "", (FOLDER / "shared" / "numbers.p4").read_text())
    return {
        name: {member: int(number) for member, number in re.findall(r"(\w+)\s*=\s*(\d+)", body)}
        for name, body in re.findall(r"enum bit<8> (\w+) \{(.*?)\}", text, re.DOTALL)
    }
