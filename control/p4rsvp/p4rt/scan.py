"""The wire format of sound writes, read by a kernel: what a controller sends in thousands.

protobuf gives Python an object for each message within a message, twenty for one table entry, and
they cost more than all that the switch does with it. The kernel here reads the common case out of
the request's bytes into one row of numbers per update: an entry of an exact, direct table with a
plain action, fields in the order of their numbers as serializers write them, keys and parameters in
the order of the P4Info, every value sound. At anything else, however slight, it gives up on the
whole request, and the codecs read it (`writes.py`); they are its plain twin, and they alone refuse.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from p4rsvp.dataplane.entities import ROW_ACTION, ROW_KIND, ROW_TABLE, ROW_VALUES
from p4rsvp.fast.jit import Int, kernel

Octets: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]

WIDEST_BITS = 62  # a value stands in a signed word, and sums of them in one too

# Tags of p4.v1 (field number << 3 | wire type), each one byte.
_UPDATES = 4 << 3 | 2  # WriteRequest
_TYPE, _ENTITY = 1 << 3 | 0, 2 << 3 | 2  # Update
_TABLE_ENTRY = 2 << 3 | 2  # Entity
_TABLE_ID, _MATCH, _TABLE_ACTION = 1 << 3 | 0, 2 << 3 | 2, 3 << 3 | 2  # TableEntry
_FIELD_ID, _EXACT, _EXACT_VALUE = 1 << 3 | 0, 2 << 3 | 2, 1 << 3 | 2  # FieldMatch
_PLAIN_ACTION, _ACTION_ID, _PARAM = 1 << 3 | 2, 1 << 3 | 0, 4 << 3 | 2  # TableAction, Action
_PARAM_ID, _PARAM_VALUE = 2 << 3 | 0, 3 << 3 | 2  # Action.Param


@kernel
def _varint(data: Octets, at: Int, end: Int) -> tuple[Int, Int]:
    """Read a number; where it ends is -1 if it does not end in time."""
    value, shift = np.int64(0), np.int64(0)
    while at < end and shift < 56:
        octet = np.int64(data[at])
        at += 1
        value |= (octet & 127) << shift
        if octet < 128:
            return value, at
        shift += 7
    return np.int64(0), np.int64(-1)


@kernel
def _number(data: Octets, at: Int, end: Int, tag: Int) -> tuple[Int, Int]:
    """Read a number with this tag in front."""
    if at < 0 or at >= end or np.int64(data[at]) != tag:
        return np.int64(0), np.int64(-1)
    return _varint(data, at + 1, end)


@kernel
def _enter(data: Octets, at: Int, end: Int, tag: Int) -> tuple[Int, Int]:
    """Find where a message or string with this tag begins and ends; -1 if it is none."""
    size, begin = _number(data, at, end, tag)
    if begin < 0 or size > end - begin:
        return np.int64(-1), np.int64(-1)
    return begin, begin + size


@kernel
def _value(data: Octets, at: Int, end: Int, tag: Int, bitwidth: Int) -> tuple[Int, Int]:
    """Read a binary string that is the rest of its message; -1 if it is not sound."""
    begin, stop = _enter(data, at, end, tag)
    if begin < 0 or stop != end or not 0 < stop - begin <= 8:
        return np.int64(0), np.int64(-1)
    value = np.int64(0)
    for place in range(begin, stop):
        value = value << 8 | np.int64(data[place])
    if value >> bitwidth:  # of eight bytes with the topmost bit set, too: that is below zero
        return np.int64(0), np.int64(-1)
    return value, stop


@kernel
def _key(
    data: Octets, at: Int, end: Int, fields: Numbers, first: Int, count: Int, row: Numbers
) -> Int:
    """Read the match fields; the answer is where they end, or -1."""
    for place in range(count):
        begin, stop = _enter(data, at, end, _MATCH)
        field_id, next_at = _number(data, begin, stop, _FIELD_ID)
        if next_at < 0 or field_id != fields[first + place, 0]:
            return np.int64(-1)
        begin, exact_end = _enter(data, next_at, stop, _EXACT)
        if begin < 0 or exact_end != stop:
            return np.int64(-1)
        value, at = _value(data, begin, stop, _EXACT_VALUE, fields[first + place, 1])
        if at < 0:
            return np.int64(-1)
        row[ROW_VALUES + place] = value
    return at


@kernel
def _params(
    data: Octets, at: Int, end: Int, params: Numbers, first: Int, count: Int, row: Numbers
) -> Int:
    """Read the parameters of an action, which end it; -1 if they are not sound."""
    for place in range(count):
        begin, stop = _enter(data, at, end, _PARAM)
        param_id, next_at = _number(data, begin, stop, _PARAM_ID)
        if next_at < 0 or param_id != params[first + place, 0]:
            return np.int64(-1)
        value, at = _value(data, next_at, stop, _PARAM_VALUE, params[first + place, 1])
        if at < 0:
            return np.int64(-1)
        row[place] = value
    return at if at == end else np.int64(-1)


@kernel
def _entry(
    data: Octets,
    at: Int,
    end: Int,
    tables: Numbers,
    fields: Numbers,
    actions: Numbers,
    params: Numbers,
    row: Numbers,
) -> Int:
    """Read a TableEntry that is the rest of its message into a row, all but its kind."""
    table_id, at = _number(data, at, end, _TABLE_ID)
    table = np.int64(0)
    while table < tables.shape[0] and tables[table, 0] != table_id:
        table += 1
    if at < 0 or table == tables.shape[0]:
        return np.int64(-1)
    row[ROW_TABLE], row[ROW_ACTION] = table_id, 0
    field_count = tables[table, 2]
    at = _key(data, at, end, fields, tables[table, 1], field_count, row)
    if at < 0 or at == end:
        return at
    begin, stop = _enter(data, at, end, _TABLE_ACTION)
    begin, inner_stop = _enter(data, begin, stop, _PLAIN_ACTION)
    action_id, at = _number(data, begin, inner_stop, _ACTION_ID)
    if at < 0 or stop != end or inner_stop != end:
        return np.int64(-1)
    first, last = tables[table, 3], tables[table, 3] + tables[table, 4]
    while first < last and actions[first, 0] != action_id:
        first += 1
    if first == last:
        return np.int64(-1)
    row[ROW_ACTION] = action_id
    values = row[ROW_VALUES + field_count :]
    return _params(data, at, end, params, actions[first, 1], actions[first, 2], values)


@kernel
def scan(
    data: Octets,
    tables: Numbers,
    fields: Numbers,
    actions: Numbers,
    params: Numbers,
    rows: Numbers,
    rest: Octets,
) -> tuple[Int, Int]:
    """Read a WriteRequest: updates into `rows`, all other bytes into `rest`; how many of each.

    -1 rows means that the request is not of the common kind. `tables` holds id, first field, number
    of fields, first action, number of actions; `fields` and `params` id and bit width; `actions`
    id, first parameter, number of parameters.
    """
    at: Int = np.int64(0)
    end, count, kept = np.int64(data.shape[0]), np.int64(0), np.int64(0)
    while at < end:
        begin = at
        tag = np.int64(data[at])
        if tag & 7 == 0:
            _, at = _number(data, at, end, tag)
            stop = at
        else:
            at, stop = _enter(data, at, end, tag)
        if at < 0 or tag >= 128 or tag & 7 not in (0, 2):
            return np.int64(-1), np.int64(0)
        if tag != _UPDATES:
            size = np.int64(stop - begin)
            rest[kept : kept + size] = data[begin:stop]
            kept += size
            at = stop
            continue
        if count == rows.shape[0]:
            return np.int64(-1), np.int64(0)
        row = rows[count]
        kind, at = _number(data, at, stop, _TYPE)
        at, inner_stop = _enter(data, at, stop, _ENTITY)
        at, entry_stop = _enter(data, at, inner_stop, _TABLE_ENTRY)
        if at < 0 or not 1 <= kind <= 3 or inner_stop != stop or entry_stop != stop:
            return np.int64(-1), np.int64(0)
        row[ROW_KIND] = kind
        at = _entry(data, at, stop, tables, fields, actions, params, row)
        if at != stop or (kind < 3 and not row[ROW_ACTION]):
            return np.int64(-1), np.int64(0)
        count += 1
    return count, kept
