"""Writes of the common kind, from bytes to rows of numbers without an object between (scan.py).

Which tables take part is read off the P4Info once: those whose keys are exact, whose entries hold
their actions themselves and can be changed, and whose values fit a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from finsy.proto import p4i

from p4rsvp.dataplane.entities import ROW_VALUES
from p4rsvp.fast.jit import JIT_DISABLED
from p4rsvp.p4rt.rows import Column
from p4rsvp.p4rt.scan import WIDEST_BITS, Numbers, scan

_SMALLEST_UPDATE_BYTES: Final = 16
_LARGEST_REQUEST_BYTES: Final = 1 << 20  # rows of a larger one would take too much memory


class Sound(NamedTuple):
    """The updates of a request as rows (DataPlane.apply_rows), and all else in it as bytes."""

    rows: Numbers
    rest: bytes


class SoundWrites:
    """The kernel, with the tables of one program."""

    def __init__(self, p4info: p4i.P4Info) -> None:
        rows_of = {action.preamble.id: _columns(action.params) for action in p4info.actions}
        tables = [table for table in p4info.tables if _takes_part(table)]
        choices = [_choice(table, rows_of) for table in tables]
        flat = [action_id for choice in choices for action_id in choice]
        self._tables = _numbers(
            zip(
                (table.preamble.id for table in tables),
                _firsts(len(table.match_fields) for table in tables),
                (len(table.match_fields) for table in tables),
                _firsts(map(len, choices)),
                map(len, choices),
                strict=True,
            ),
            5,
        )
        self._fields = _numbers((c for t in tables for c in _columns(t.match_fields)), 2)
        counts = [len(rows_of[action_id]) for action_id in flat]
        self._actions = _numbers(zip(flat, _firsts(counts), counts, strict=True), 3)
        self._params = _numbers((c for action_id in flat for c in rows_of[action_id]), 2)
        widest_key = max((len(t.match_fields) for t in tables), default=0)
        self._columns = ROW_VALUES + widest_key + max(counts, default=0)
        self.read(b"")  # compiles the kernel, so that no write has to wait for it

    def read(self, data: bytes) -> Sound | None:
        """Read a serialised WriteRequest; None if the codecs have to."""
        if JIT_DISABLED or len(data) > _LARGEST_REQUEST_BYTES:
            return None
        return self.scan(data)

    def scan(self, data: bytes) -> Sound | None:
        """Do it, also without the jit."""
        octets = np.frombuffer(data, np.uint8)
        rows = np.zeros((len(data) // _SMALLEST_UPDATE_BYTES, self._columns), np.int64)
        rest = np.empty(len(data), np.uint8)
        count, kept = scan(
            octets, self._tables, self._fields, self._actions, self._params, rows, rest
        )
        if count < 0:
            return None
        return Sound(rows[:count], rest[:kept].tobytes())


def _takes_part(table: p4i.Table) -> bool:
    exact = p4i.MatchField.EXACT
    return (
        bool(table.match_fields)
        and not table.is_const_table
        and not table.implementation_id
        and all(f.match_type == exact and f.bitwidth <= WIDEST_BITS for f in table.match_fields)
    )


def _choice(table: p4i.Table, rows_of: dict[int, list[tuple[int, int]]]) -> list[int]:
    """The actions of a table's entries whose parameters fit."""
    return [
        ref.id
        for ref in table.action_refs
        if ref.scope != p4i.ActionRef.DEFAULT_ONLY
        and all(bitwidth <= WIDEST_BITS for _, bitwidth in rows_of[ref.id])
    ]


def _columns(columns: Iterable[Column]) -> list[tuple[int, int]]:
    return [(column.id, column.bitwidth) for column in columns]


def _firsts(counts: Iterable[int]) -> list[int]:
    """Where each of these runs begins, if they stand one behind the other."""
    return [0, *accumulate(counts)][:-1]


def _numbers(rows: Iterable[tuple[int, ...]], columns: int) -> Numbers:
    return np.array([*rows], np.int64).reshape(-1, columns)
