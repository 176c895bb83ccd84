"""What the control socket must know of the program: tables, actions, meters and counters as C data.

The numbers of tables, meters and counters come first, as the pipelines use them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from translator.spec import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from translator.p4info import Action, Array, Field, P4Info, Table
    from translator.spec import Spec


def describe(info: P4Info, specs: Iterable[Spec], fingerprint: bytes) -> str:
    """Constants and descriptions."""
    tables = {name: table for spec in specs for name, table in spec.tables.items()}
    lines = [
        *_numbers("TABLE", [each.name for each in info.tables.values()]),
        *_numbers("METER", [each.name for each in info.meters.values()]),
        *_numbers("COUNTER", [each.name for each in info.counters.values()]),
        "const struct program_info program_info = {",
        f"\t.fingerprint = {{{', '.join(f'0x{byte:02x}' for byte in fingerprint)}}},",
        f"\t.table_count = {len(info.tables)},",
        f"\t.meter_count = {len(info.meters)},",
        f"\t.counter_count = {len(info.counters)},",
        "\t.tables = {",
    ]
    for name, table in info.tables.items():
        if name not in tables:
            raise SpecError(f"a P4Info with the table {name}, which no spec has")
        lines += _table(info, table, tables[name].actions, tables[name].default)
    lines += ["\t},", "\t.meters = {", *map(_array, info.meters.values())]
    lines += ["\t},", "\t.counters = {", *map(_array, info.counters.values())]
    return "\n".join([*lines, "\t},", "};", ""])


def _numbers(kind: str, names: list[str]) -> list[str]:
    return ["enum {", *(f"\t{kind}_{name.upper()}," for name in names), "};", ""]


def _table(info: P4Info, table: Table, actions: list[str], default: str) -> list[str]:
    kind = "TABLE_LPM" if table.key[0].match == "LPM" else "TABLE_EXACT"
    lines = [
        "\t\t{",
        f'\t\t\t.name = "{table.name}", .id = 0x{table.id:08x}, .kind = {kind},',
        f"\t\t\t.size = {table.size}, .default_action = {actions.index(default)},",
        f"\t\t\t.key = {_fields(table.key)},",
        f"\t\t\t.action_count = {len(actions)},",
        "\t\t\t.actions = {",
    ]
    for name in actions:
        action = info.actions[name.rpartition("_")[0]]
        lines.append(f"\t\t\t\t{_action(action, entry=action.id in table.entry_actions)},")
    return [*lines, "\t\t\t},", "\t\t},"]


def _action(action: Action, *, entry: bool) -> str:
    fields = _fields(action.parameters)
    return f"{{.id = 0x{action.id:08x}, .for_entries = {int(entry)}, .parameters = {fields}}}"


def _fields(fields: tuple[Field, ...]) -> str:
    if not fields:
        return "{.count = 0}"
    return f"{{.count = {len(fields)}, .bits = {{{', '.join(str(each.bits) for each in fields)}}}}}"


def _array(array: Array) -> str:
    packets = int(array.unit == "PACKETS")
    return (
        f'\t\t{{.name = "{array.name}", .id = 0x{array.id:08x}, .size = {array.size}, '
        f".counts_packets = {packets}}},"
    )
