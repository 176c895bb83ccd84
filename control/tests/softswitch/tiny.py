"""P4 programs of one header and one action, as p4c would write them."""

import json
from collections.abc import Sequence
from typing import Any

from p4rsvp.softswitch.switch import Switch

Json = dict[str, Any]
OUT_PORT = 3
_STANDARD = [
    ("ingress_port", 9), ("egress_spec", 9), ("egress_port", 9), ("instance_type", 32),
    ("packet_length", 32), ("mcast_grp", 16), ("egress_rid", 16), ("checksum_error", 1),
    ("parser_error", 32), ("priority", 3),
]  # fmt: skip


def field(header: str, name: str) -> Json:
    """A field as an argument."""
    return {"type": "field", "value": [header, name]}


def number(value: int) -> Json:
    """A constant as an argument."""
    return {"type": "hexstr", "value": hex(value)}


def step(op: str, *args: Json) -> Json:
    """A primitive."""
    return {"op": op, "parameters": list(args)}


def forward(port: int = OUT_PORT) -> Json:
    """Send the packet to a port."""
    return step("assign", field("standard_metadata", "egress_spec"), number(port))


def load(
    ingress: Sequence[Json],
    egress: Sequence[Json] = (),
    *,
    p4info: str = "",
    plain: bool = True,
    **more: Any,
) -> Switch:
    """A switch whose ingress and egress are these steps; header h has the fields a and b."""
    actions = [_action(0, "in", ingress), _action(1, "out", egress)]
    program = {
        "header_types": [
            {"name": "standard_metadata", "fields": [[n, w, False] for n, w in _STANDARD]},
            {"name": "h_t", "fields": [["a", 8, False], ["b", 16, False]]},
            {"name": "scalars_t", "fields": [["kept", 16, False]]},
        ],
        "headers": [
            {"name": "scalars", "id": 0, "header_type": "scalars_t", "metadata": True},
            {
                "name": "standard_metadata",
                "id": 1,
                "header_type": "standard_metadata",
                "metadata": True,
            },
            {"name": "h", "id": 2, "header_type": "h_t", "metadata": False},
        ],
        "header_stacks": [],
        "errors": [],
        "parsers": [{"init_state": "start", "parse_states": [_START]}],
        "deparsers": [{"order": ["h"]}],
        "meter_arrays": [],
        "counter_arrays": [],
        "register_arrays": [],
        "calculations": [],
        "checksums": [],
        "actions": actions,
        "pipelines": [_pipeline("ingress", 0, "in"), _pipeline("egress", 1, "out")],
        **more,
    }
    return Switch.load(p4info, json.dumps(program), plain=plain, clock_ns=lambda: 0)


_START: Json = {
    "name": "start",
    "parser_ops": [{"op": "extract", "parameters": [{"type": "regular", "value": "h"}]}],
    "transition_key": [],
    "transitions": [{"type": "default", "value": None, "mask": None, "next_state": None}],
}


def _action(number_: int, name: str, steps: Sequence[Json]) -> Json:
    return {"id": number_, "name": name, "runtime_data": [], "primitives": list(steps)}


def _pipeline(name: str, action_id: int, action: str) -> Json:
    table = {
        "name": f"tbl_{action}",
        "key": [],
        "match_type": "exact",
        "type": "simple",
        "max_size": 1,
        "support_timeout": False,
        "action_ids": [action_id],
        "base_default_next": None,
        "next_tables": {action: None},
        "default_entry": {"action_id": action_id, "action_const": True, "action_data": []},
    }
    return {
        "name": name,
        "init_table": table["name"],
        "tables": [table],
        "conditionals": [],
        "action_profiles": [],
    }
