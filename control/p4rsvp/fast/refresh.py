"""The refresh filter: moves the deadlines of what is known, so that the engine sees only the rest.

An open-addressed table in flat memory, 48 bytes an entry: fingerprint -> deadline, lifetime,
message id, handle. `touch` takes what a scan found and, for every message that is known, does what
the engine would have done with it: it extends the lifetime (RFC 2205 3.7). All others are for the
decoder. `refresh_plain.py` is the reference, and much shorter.

The contract with the engine, by which the outcome is as if every refresh had reached it:

* The engine calls `insert_all` once it has handled a Path or Resv in full and would handle the same
  message again with no effect but to extend the lifetime of what it stands for. `lifetime_ns` is
  the L of RFC 2205 3.7 for that state, `handle` is the engine's own name for it.
* It calls `remove` as soon as that ceases to hold: the state is torn down, changed by another
  message, blockaded, refused by policy, admission or the data plane, or meant for a route that is
  gone. Then the next refresh reaches the engine.
* While a fingerprint is in here, the deadline in here is the true one: the engine's own timer, when
  it fires, asks `deadline_ns` and sleeps on if that is later. What is not touched in time comes out
  of `expire` as its handle, once. A refresh after the deadline is unknown, swept or not.
* A message is known only under the MESSAGE_ID that it was inserted with (or without any): another
  identifier or epoch tells of a changed sender (RFC 2961 4.2), and the engine must hear of it. A
  message with acks or ack requests is never known: the scan's `may_be_refresh` is false for it.
* INTEGRITY (RFC 2747) comes first: before it calls `touch`, the caller clears the candidates whose
  digest or sequence number does not verify.

Nothing here blocks for long, whatever the number of entries: growth moves some entries with every
call, and `expire` looks at a bounded number of slots. Memory is not given back. Times are integers
of nanoseconds on the caller's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from p4rsvp.fast.jit import Int, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Columns of the table. A lifetime of 0 marks a slot that is empty, MOVED one whose entry has moved
# to the table that grows.
_COLUMNS: Final = 6
_LEFT, _RIGHT, _DEADLINE, _LIFETIME, _HANDLE, _MESSAGE_ID = range(_COLUMNS)
_EMPTY = np.uint64(0)
_MOVED = np.uint64(2**64 - 1)

_FULL_EIGHTHS: Final = 7  # the table grows when more than this is in use
_MOVES_PER_CALL: Final = 1024  # slots; 2 would do to be done before the new table is full
_SWEEP_SLOTS: Final = 1 << 16  # some milliseconds when every one of them expires
_BLOCK: Final = 32  # entries that are fetched from memory side by side


class Learned(NamedTuple):
    """A message that is to be known from now on."""

    at: int  # its place among those that came together
    handle: int
    lifetime_ns: int


class RefreshFilter:
    """What messages are known, and until when."""

    def __init__(self, capacity: int = 1024, moves_per_call: int = _MOVES_PER_CALL) -> None:
        """Start with `capacity` slots, rounded up to a power of two.

        When it grows, each insert and touch deals with `moves_per_call` of the old slots; to insert
        many at once, with two for each of them at least.
        """
        assert moves_per_call >= 2
        self._moves = moves_per_call
        self._table = _new_table(1 << max(6, (capacity - 1).bit_length()))
        self._old: NDArray[np.uint64] | None = (
            None  # the table before the last growth, until it is empty
        )
        self._moved = 0  # slots of the old table that have been dealt with
        self._swept: Int = 0  # the next slot of the table that `expire` looks at
        self._count: Int = 0

    def __len__(self) -> int:
        return int(self._count)

    @property
    def slots(self) -> int:
        """The size of the table: `expire` has seen all after `slots + len()` slots at most."""
        return len(self._table)

    def insert(
        self,
        fingerprint: tuple[int, int],
        message_id: int,
        lifetime_ns: int,
        handle: int,
        now_ns: int,
    ) -> None:
        """Know this message from now on; replaces what its fingerprint stood for."""
        self.insert_all(
            np.array([fingerprint], np.uint64),
            np.array([message_id], np.uint64),
            np.array([Learned(0, handle, lifetime_ns)], np.int64),
            now_ns,
        )

    def insert_all(
        self,
        fingerprints: NDArray[np.uint64],
        message_ids: NDArray[np.uint64],
        learned: NDArray[np.int64],
        now_ns: int,
    ) -> None:
        """Know some of these messages: `learned` has a row for each, as `Learned` has it."""
        assert (learned[:, 2] > 0).all()
        now = np.uint64(now_ns)
        while len(learned):
            some, learned = np.split(learned, [len(self._table) // 8])
            self._make_room(len(some))
            old = _NO_TABLE if self._old is None else self._old
            self._count += _enter(self._table, old, fingerprints, message_ids, some, now)

    def _make_room(self, entries: int) -> None:
        """Go on with a growth, or begin one where so many more entries need it."""
        if self._old is not None:
            self._advance(max(self._moves, 2 * entries))
        if (self._count + entries) * 8 > len(self._table) * _FULL_EIGHTHS:
            self._grow()

    def remove(self, fingerprint: tuple[int, int]) -> bool:
        """Forget this message; False when it was not known."""
        left, right = map(np.uint64, fingerprint)
        slot = _find(self._table, left, right)
        if slot >= 0:
            _close(self._table, slot)
        elif self._old is not None and (slot := _find(self._old, left, right)) >= 0:
            self._old[slot, _LIFETIME] = _MOVED
        else:
            return False
        self._count -= 1
        return True

    def deadline_ns(self, fingerprint: tuple[int, int]) -> int | None:
        """Until when this message is known, if it is; in the past where no sweep came by since."""
        left, right = map(np.uint64, fingerprint)
        for table in (self._table, self._old):
            if table is not None and (slot := _find(table, left, right)) >= 0:
                return int(table[slot, _DEADLINE])
        return None

    def handles(self, fingerprints: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The handles of messages that are known; -1 for those that are not."""
        found = np.full(len(fingerprints), -1, np.int64)
        _handles(self._table, fingerprints, found)
        if self._old is not None:
            _handles(self._old, fingerprints, found)
        return found

    def touch(
        self,
        fingerprints: NDArray[np.uint64],
        message_ids: NDArray[np.uint64],
        candidates: NDArray[np.bool_],
        now_ns: int,
    ) -> NDArray[np.bool_]:
        """Extend the lifetime of each candidate that is known; say which are."""
        self._advance(self._moves)
        known = np.zeros(len(candidates), np.bool_)
        now = np.uint64(now_ns)
        _touch(self._table, fingerprints, message_ids, candidates, now, known)
        if self._old is not None:
            _touch(self._old, fingerprints, message_ids, candidates, now, known)
        return known

    def expire(self, now_ns: int, slots: int = _SWEEP_SLOTS) -> NDArray[np.uint64]:
        """Forget the entries in the next `slots` slots whose deadline has come; give their handles.

        Ends early when as many have expired. A growth under way is moved on instead.
        """
        if self._old is not None:
            self._advance(slots)
            return np.zeros(0, np.uint64)
        slots = min(slots, len(self._table))
        expired = np.zeros(slots, np.uint64)
        now = np.uint64(now_ns)
        count, self._swept = _sweep(self._table, self._swept, slots, now, expired)
        self._count -= count
        return expired[:count]

    def _grow(self) -> None:
        assert self._old is None, "the table has filled before the last growth was done"
        self._old, self._moved, self._swept = self._table, 0, 0
        self._table = _new_table(2 * len(self._old))

    def _advance(self, slots: int) -> None:
        """Move the entries of the next `slots` slots of the old table, if there is one."""
        if self._old is None:
            return
        end = min(self._moved + slots, len(self._old))
        _move(self._old, self._table, self._moved, end)
        self._moved = end
        if end == len(self._old):
            self._old = None


def rehearse() -> None:
    """Have all kernels compiled or loaded: fill a table until it grows, look, and empty it."""
    table = RefreshFilter()
    for number in range(table.slots):
        table.insert((number, number), 0, 1, 0, 0)
    one = np.zeros((1, 2), np.uint64)
    table.touch(one, np.zeros(1, np.uint64), np.ones(1, np.bool_), 0)
    table.handles(one)
    table.remove((0, 0))
    while len(table):
        table.expire(1)


def _new_table(slots: int) -> NDArray[np.uint64]:
    """Zeroed memory. To give each entry a cache line would take a third more and save no time."""
    return np.zeros((slots, _COLUMNS), np.uint64)


_NO_TABLE: Final = _new_table(1)  # in which nothing is found


@kernel
def _home(table: NDArray[np.uint64], left: np.uint64) -> Int:
    """The slot at which the search for a fingerprint starts; its bits are evenly spread."""
    return np.int64(left & np.uint64(len(table) - 1))


@kernel
def _find(table: NDArray[np.uint64], left: np.uint64, right: np.uint64) -> Int:
    """The slot of a fingerprint, or -1. Ends at an empty slot; one in eight is, at the least."""
    slot = _home(table, left)
    while table[slot, _LIFETIME] != _EMPTY:
        if table[slot, _LEFT] == left and table[slot, _RIGHT] == right:
            return -1 if table[slot, _LIFETIME] == _MOVED else slot
        slot = (slot + 1) & (len(table) - 1)
    return -1


@kernel
def _put(table: NDArray[np.uint64], entry: NDArray[np.uint64]) -> Int:
    """Copy an entry over that of the same fingerprint, or to a free slot: how many more there are.

    Not for the table before a growth, where an entry may have moved and still be found.
    """
    left, right = entry[_LEFT], entry[_RIGHT]
    slot = _home(table, left)
    more: Int = 1
    while table[slot, _LIFETIME] != _EMPTY:
        if table[slot, _LEFT] == left and table[slot, _RIGHT] == right:
            more = 0
            break
        slot = (slot + 1) & (len(table) - 1)
    for column in range(_COLUMNS):
        table[slot, column] = entry[column]
    return more


@kernel
def _enter(
    table: NDArray[np.uint64],
    old: NDArray[np.uint64],
    fingerprints: NDArray[np.uint64],
    message_ids: NDArray[np.uint64],
    learned: NDArray[np.int64],
    now: np.uint64,
) -> Int:
    """Make entries of messages, and find them in `old` no more: how many more there are."""
    entry = np.zeros(_COLUMNS, np.uint64)
    more: Int = 0
    for row in range(len(learned)):
        index, lifetime = learned[row, 0], np.uint64(learned[row, 2])
        entry[_LEFT], entry[_RIGHT] = fingerprints[index, 0], fingerprints[index, 1]
        entry[_DEADLINE], entry[_LIFETIME] = now + lifetime, lifetime
        entry[_HANDLE], entry[_MESSAGE_ID] = np.uint64(learned[row, 1]), message_ids[index]
        slot = _find(old, entry[_LEFT], entry[_RIGHT])
        if slot >= 0:
            old[slot, _LIFETIME] = _MOVED
            more -= 1
        more += _put(table, entry)
    return more


@kernel
def _close(table: NDArray[np.uint64], hole: Int) -> None:
    """Empty a slot, and pull what was pushed past it back, so that no search ends too early."""
    mask = len(table) - 1
    slot = hole
    while True:
        slot = (slot + 1) & mask
        if table[slot, _LIFETIME] == _EMPTY:
            break
        # An entry may move back to the hole unless that lies before its home.
        if (slot - _home(table, table[slot, _LEFT])) & mask >= (slot - hole) & mask:
            table[hole] = table[slot]
            hole = slot
    table[hole] = _EMPTY


@kernel
def _touch(
    table: NDArray[np.uint64],
    fingerprints: NDArray[np.uint64],
    message_ids: NDArray[np.uint64],
    candidates: NDArray[np.bool_],
    now: np.uint64,
    known: NDArray[np.bool_],
) -> None:
    """Find the candidates in blocks: all first looks of a block wait for memory side by side."""
    at_home = np.zeros(_BLOCK, np.bool_)
    for start in range(0, len(candidates), _BLOCK):
        end = min(start + _BLOCK, len(candidates))
        for i in range(start, end):
            left = fingerprints[i, 0]
            at_home[i - start] = table[_home(table, left), _LEFT] == left
        for i in range(start, end):
            if known[i] or not candidates[i]:
                continue
            left, right = fingerprints[i, 0], fingerprints[i, 1]
            slot = _home(table, left)
            if not (at_home[i - start] and table[slot, _RIGHT] == right):
                slot = _find(table, left, right)
                if slot < 0:
                    continue
            lifetime = table[slot, _LIFETIME]
            if (
                lifetime not in (_EMPTY, _MOVED)
                and table[slot, _DEADLINE] > now
                and table[slot, _MESSAGE_ID] == message_ids[i]
            ):
                table[slot, _DEADLINE] = now + lifetime
                known[i] = True


@kernel
def _handles(
    table: NDArray[np.uint64], fingerprints: NDArray[np.uint64], found: NDArray[np.int64]
) -> None:
    """The handles of those that stand in this table."""
    for i in range(len(fingerprints)):
        slot = _find(table, fingerprints[i, 0], fingerprints[i, 1])
        if slot >= 0:
            found[i] = np.int64(table[slot, _HANDLE])


@kernel
def _sweep(
    table: NDArray[np.uint64], first: Int, slots: Int, now: np.uint64, expired: NDArray[np.uint64]
) -> tuple[Int, Int]:
    """Take out what has expired in `slots` slots from `first` on: how many, and where to go on."""
    count: Int = 0
    slot = first
    for _ in range(slots):
        while table[slot, _LIFETIME] != _EMPTY and table[slot, _DEADLINE] <= now:
            if count == slots:
                return count, slot
            expired[count] = table[slot, _HANDLE]
            count += 1
            _close(table, slot)  # which may bring the next one here: look again
        slot = (slot + 1) & (len(table) - 1)
    return count, slot


@kernel
def _move(old: NDArray[np.uint64], table: NDArray[np.uint64], first: Int, end: Int) -> None:
    """Move the entries of some slots; MOVED keeps the searches in the old table going."""
    for slot in range(first, end):
        if old[slot, _LIFETIME] != _EMPTY and old[slot, _LIFETIME] != _MOVED:
            _put(table, old[slot])
            old[slot, _LIFETIME] = _MOVED
