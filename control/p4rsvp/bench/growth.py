"""How forwarding and memory grow with reservations, from a hundred to a million (--large).

A million is more than the program promises. So the sizes of its classifier are raised where they
stand, in the texts of P4Info and JSON, before the switch loads them: sizes are data to the compiler
of pipelines, and nothing else changes. Meters stay as many as the program has, shared by filters.
Memory is what the arena with all tables and state holds, in pages of 2 MiB where there are any.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from finsy.proto import p4i
from google.protobuf import text_format

from p4rsvp.bench.measure import Work
from p4rsvp.bench.router import Router
from p4rsvp.bench.way import texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.bench.measure import Bench

COUNTS = (100, 1_000, 10_000, 100_000, 1_000_000)
LARGEST = 1 << 20
TABLE = "ipv4_five_tuple"
FRAMES = 1 << 17  # of a trace: enough flows that caches do not hold them


def measure(bench: Bench) -> None:
    """Measure each size by itself, with its packets a second and its memory."""
    program = enlarged(LARGEST)
    for count in COUNTS:
        bench.say(f"{count:,} reservations")
        router = Router(count, program=program, frames=FRAMES)
        router.forward()
        held = resident_bytes(router.switch.mem)
        bench.add(f"memory, {count:,} grown", "MiB", [held / 2**20])
        bench.rates("packets/s", [Work(f"forward, {count:,} grown", FRAMES, router.forward)])


def enlarged(size: int) -> tuple[str, str]:
    """P4Info and JSON with room for so many filters of five fields."""
    info_text, json_text = texts()
    info = text_format.Parse(info_text, p4i.P4Info())
    for described in info.tables:
        if described.preamble.alias == TABLE:
            described.size = size
    program = json.loads(json_text)
    for pipeline in program["pipelines"]:
        for table in pipeline["tables"]:
            if table["name"].endswith(TABLE):
                table["max_size"] = size
    return text_format.MessageToString(info), json.dumps(program)


def resident_bytes(array: NDArray[np.uint64]) -> int:
    """What the mapping of an array holds of the memory."""
    address = array.ctypes.data
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        first, dash, rest = line.partition(" ")[0].partition("-")
        if dash and int(first, 16) <= address < int(rest, 16):
            rss = next(line for line in lines if line.startswith("Rss:"))
            return int(rss.split()[1]) * 1024
    raise RuntimeError("the array has no mapping of its own")
