"""Changes of whole runs of table entries in one call: rows of numbers become rows of a table.

For tables whose entries are nothing but key, action and parameters (tables/plain.py): there the row
in the arena is the entry, and nothing else remembers it. So a change is a lookup and a few stores.
`shape` says what the table is like:

    base, mask, stride, hashed words, identity words, key fields, size, actions,
    word and shift per key field,
    per action: id, number in the table, parameters, place in `shape` of word and shift of the first

and `handles` how many freed ones stand behind it, the next one never used, and those.
"""

from __future__ import annotations

from p4rsvp.dataplane.entities import ROW_ACTION, ROW_KIND, ROW_VALUES, UpdateType
from p4rsvp.softswitch.jit import Words, kernel, u64
from p4rsvp.softswitch.kernels.tables import remove_row, row_slot

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
ACTION_WORDS = u64(4)
FIELDS = u64(8)  # of `shape`: where key fields begin
FREED = u64(2)  # of `handles`: where freed ones begin
HANDLE_SHIFT = u64(32)
KIND, ACTION, VALUES = u64(ROW_KIND), u64(ROW_ACTION), u64(ROW_VALUES)
INSERT, MODIFY = u64(UpdateType.INSERT), u64(UpdateType.MODIFY)

# What became of a row.
DONE, EXISTS, MISSING, FULL, FOREIGN = u64(0), u64(1), u64(2), u64(3), u64(4)


@kernel
def find_row(mem: Words, shape: Words, key: Words) -> int:
    """Where the meta of the entry with these key words is, or 0."""
    meta = row_slot(mem, shape[0], shape[1], shape[2], shape[3], shape[4], key, ZERO) + shape[4]
    return meta if mem[meta] != ZERO else ZERO


@kernel
def _pack_key(shape: Words, rows: Words, at: int, key: Words) -> None:
    """The words of a row's key."""
    for i in range(shape[4]):
        key[u64(i)] = ZERO
    for i in range(shape[5]):
        place = FIELDS + TWO * u64(i)
        key[shape[place]] |= rows[at + VALUES + u64(i)] << shape[place + ONE]


@kernel
def _find_action(shape: Words, action_id: int) -> int:
    """The place of an action in `shape`, or 0."""
    place = FIELDS + TWO * shape[5]
    for _ in range(shape[7]):
        if shape[place] == action_id:
            return place
        place += ACTION_WORDS
    return ZERO


@kernel
def _take_handle(shape: Words, handles: Words) -> int:
    """A handle that is nobody's, or 0."""
    if handles[ZERO] != ZERO:
        handles[ZERO] -= ONE
        return handles[FREED + handles[ZERO]]
    if handles[ONE] > shape[6]:
        return ZERO
    handles[ONE] += ONE
    return handles[ONE] - ONE


@kernel
def _put_action(
    mem: Words, meta: int, end: int, shape: Words, action: int, rows: Words, at: int, handle: int
) -> None:
    """Meta and action data of a row."""
    mem[meta] = shape[action + ONE] | handle << HANDLE_SHIFT
    for place in range(meta + ONE, end):
        mem[place] = ZERO
    step = shape[action + ACTION_WORDS - ONE]
    for i in range(shape[action + TWO]):
        mem[meta + shape[step]] |= rows[at + u64(i)] << shape[step + ONE]
        step += TWO


@kernel
def _write_row(mem: Words, shape: Words, handles: Words, rows: Words, at: int, key: Words) -> int:
    """One change; answers what became of it."""
    _pack_key(shape, rows, at, key)
    base, mask, stride, identity = shape[0], shape[1], shape[2], shape[4]
    slot = row_slot(mem, base, mask, stride, shape[3], identity, key, ZERO)
    meta = slot + identity
    kind = rows[at + KIND]
    if (kind != INSERT) & (mem[meta] == ZERO):
        return MISSING
    if kind > MODIFY:
        handles[FREED + handles[ZERO]] = mem[meta] >> HANDLE_SHIFT
        handles[ZERO] += ONE
        remove_row(mem, base, mask, stride, shape[3], identity, key)
        return DONE
    if (kind == INSERT) & (mem[meta] != ZERO):
        return EXISTS
    action = _find_action(shape, rows[at + ACTION])
    if action == ZERO:
        return FOREIGN
    handle = _take_handle(shape, handles) if kind == INSERT else mem[meta] >> HANDLE_SHIFT
    if handle == ZERO:
        return FULL
    for i in range(identity):
        mem[slot + u64(i)] = key[u64(i)]
    _put_action(mem, meta, slot + stride, shape, action, rows, at + VALUES + shape[5], handle)
    return DONE


@kernel
def write_rows(
    mem: Words, shape: Words, handles: Words, rows: Words, width: int, count: int,
    key: Words, outcome: Words,
) -> int:  # fmt: skip
    """Make the changes in their order; answers how many failed."""
    failed = ZERO
    for n in range(count):
        i = u64(n)
        outcome[i] = _write_row(mem, shape, handles, rows, i * width, key)
        if outcome[i] != DONE:
            failed += ONE
    return failed
