"""What the switch benches write and send."""

import struct

import numpy as np

from p4rsvp.bench.growth import LARGEST, TABLE, enlarged, resident_bytes
from p4rsvp.bench.way import Way, frame, texts
from p4rsvp.dataplane.entities import UpdateType
from p4rsvp.dataplane.p4info import parse_p4info
from p4rsvp.softswitch.ir.loader import load_program
from p4rsvp.softswitch.layout import Arena


def test_every_frame_has_a_right_checksum() -> None:
    for number in (0, 1, 65_535, 70_001, 123_456):
        total = sum(struct.unpack("!10H", frame(number)[14:34]))
        assert (total >> 16) + (total & 0xFFFF) == 0xFFFF


def test_rows_say_what_entries_say() -> None:
    way = Way(parse_p4info(texts()[0]))
    numbers = np.array([0, 5, 70_000])
    for number, row in zip(numbers, way.rows(UpdateType.INSERT, numbers).tolist(), strict=True):
        entry = way.filter(int(number))
        assert row[1] == entry.table_id
        assert tuple(row[3:-2]) == entry.match
        assert entry.action is not None
        assert tuple(row[-2:]) == getattr(entry.action, "params", ())


def test_an_enlarged_program_has_room_for_a_million_and_nothing_else_changes() -> None:
    before = {t.name: t.size for t in load_program(texts()[1]).tables}
    info_text, json_text = enlarged(LARGEST)
    after = {t.name: t.size for t in load_program(json_text).tables}
    (changed,) = [name for name in before if before[name] != after[name]]
    assert changed.endswith(TABLE)
    assert after[changed] == LARGEST
    infos = parse_p4info(info_text).tables.values()
    assert [i.size for i in infos if i.name.endswith(TABLE)] == [LARGEST]


def test_memory_is_what_was_touched() -> None:
    arena = Arena()
    arena.take("much", 1 << 22)
    words = arena.build()
    before = resident_bytes(words)
    words[: 1 << 20] = 1
    assert 8 << 20 <= resident_bytes(words) - before <= 16 << 20
