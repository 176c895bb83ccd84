"""Hashed, ternary and prefix tables against the plain definition of a match."""

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.dataplane.entities import TableEntry
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.codegen.places import TablePlace, _place_table
from p4rsvp.softswitch.ir.expressions import FieldRef
from p4rsvp.softswitch.ir.program import ActionDef, KeyField, Table
from p4rsvp.softswitch.kernels import tables as kernels
from p4rsvp.softswitch.layout import Arena
from p4rsvp.softswitch.tables.kept import make_store
from p4rsvp.softswitch.tables.store import Store, Stored
from tests.softswitch.limits import unhurried

pytestmark = pytest.mark.kernel


class OneAction:
    """The little of a program that a table's layout asks for: one action with one parameter."""

    actions: ClassVar = {0: ActionDef(0, "act", ("p",), (32,), ())}


def table(kind: str, size: int, *key: tuple[str, int]) -> tuple[Store, TablePlace, Any]:
    fields = tuple(
        KeyField(f"k{i}", k, FieldRef("h", f"k{i}"), w, None) for i, (k, w) in enumerate(key)
    )
    made = Table(
        name="t", key=fields, kind=kind, size=size, action_ids=(0,), profile=None, selector=False,
        next_by_action={}, next_hit=None, next_miss=None, branches_on_hit=False, base_next=None,
        default=None, default_const=False, entries=None, timeout=False,
    )  # fmt: skip
    arena = Arena()
    program: Any = OneAction()
    place = _place_table(program, made, arena)
    mem = arena.build()
    return make_store(made, place, mem), place, jit.view(mem, plain=jit.JIT_DISABLED)


def insert(store: Store, match: tuple[Any, ...], priority: int, value: int) -> None:
    handle = store.take_handle()
    row = [1 | handle << 32, value]
    store.insert((match, priority), Stored(TableEntry(1, match), handle, row))
    store.flush()


def delete(store: Store, match: tuple[Any, ...], priority: int = 0) -> None:
    stored = store.find((match, priority))
    assert stored is not None
    store.delete((match, priority), stored)


def u(*numbers: int) -> Any:
    return tuple(jit.u64(n) for n in numbers)


def value_at(mem: Any, data: Any) -> int | None:
    """What the row holds; None for a miss."""
    return None if data == 0 else int(mem[int(data) + 1])


def find_exact(place: TablePlace, mem: Any, words: list[int]) -> int | None:
    key = u(*words)
    geometry: Any = (place.base, place.capacity - 1, place.stride, kernels.hash_tuple(key))
    base, mask, stride, hashed = u(*geometry)
    return value_at(mem, kernels.find_tuple(mem, base, mask, stride, hashed, key))


small_keys = st.tuples(st.integers(0, 5), st.integers(0, 3))
steps = st.lists(st.tuples(st.booleans(), small_keys, st.integers(0, 1000)), max_size=60)


@unhurried
@given(steps)
def test_an_exact_table_holds_what_a_dictionary_would(
    actions: list[tuple[bool, tuple[int, int], int]],
) -> None:
    store, place, mem = table("exact", 32, ("exact", 48), ("exact", 32))
    model: dict[tuple[int, int], int] = {}
    for adds, match, value in actions:
        if adds and match not in model:
            insert(store, match, 0, value)
            model[match] = value
        elif not adds and match in model:
            delete(store, match)
            del model[match]
    for a in range(6):
        for b in range(4):
            words = store.key_words(((a, b), 0))  # type: ignore[attr-defined]
            assert find_exact(place, mem, words) == model.get((a, b))


def test_a_full_table_refuses_one_more_and_takes_it_after_a_removal() -> None:
    store, _, _ = table("exact", 4, ("exact", 16))
    for key in range(4):
        insert(store, (key,), 0, key)
    with pytest.raises(ControlError, match="full"):
        insert(store, (9,), 0, 9)
    delete(store, (2,))
    insert(store, (9,), 0, 9)


@pytest.mark.parametrize(("words", "name"), [(1, "1"), (2, "2"), (3, "3")])
def test_every_size_of_key_hashes_and_finds_alike(words: int, name: str) -> None:
    store, place, mem = table("exact", 8, *[("exact", 64)] * words)
    match = tuple(range(1, words + 1))
    insert(store, match, 0, 77)
    key = u(*match)
    (hashed,) = u(getattr(kernels, f"hash{name}")(*key))
    assert hashed == kernels.hash_tuple(key)
    geometry = u(place.base, place.capacity - 1, place.stride)
    find = getattr(kernels, f"find{name}")
    assert value_at(mem, find(mem, *geometry, hashed, *key)) == 77
    other = u(*[n + 1 for n in match])
    (elsewhere,) = u(getattr(kernels, f"hash{name}")(*other))
    assert find(mem, *geometry, elsewhere, *other) == 0


ternary = st.tuples(
    st.tuples(st.integers(0, 15), st.integers(1, 15)).map(lambda p: (p[0] & p[1], p[1]))
    | st.none(),
    st.tuples(st.integers(0, 15), st.integers(0, 15)).map(lambda p: (min(p), max(p))) | st.none(),
)


@unhurried
@given(
    st.lists(st.tuples(ternary, st.integers(1, 100)), max_size=25, unique_by=lambda e: e[1]),
    st.sets(st.integers(0, 24)),
)
def test_the_matching_entry_of_highest_priority_wins(
    entries: list[tuple[Any, int]], removed: set[int]
) -> None:
    store, place, mem = table("ternary", 32, ("ternary", 4), ("range", 4))
    for match, priority in entries:
        insert(store, match, priority, priority)
    kept = []
    for index, (match, priority) in enumerate(entries):
        if index in removed:
            delete(store, match, priority)
        else:
            kept.append((match, priority))
    geometry = u(place.groups, place.base, place.capacity - 1, place.stride)
    for a in range(16):
        for b in range(0, 16, 3):
            fields: Any = (*geometry, u(a), u(b), jit.u64(1))
            data = kernels.find_ternary(mem, *fields)
            fits = [p for (t, r), p in kept if _ternary_fits(t, a) and _range_fits(r, b)]
            assert value_at(mem, data) == max(fits, default=None)


def _ternary_fits(part: tuple[int, int] | None, value: int) -> bool:
    return part is None or value & part[1] == part[0]


def _range_fits(part: tuple[int, int] | None, value: int) -> bool:
    return part is None or part[0] <= value <= part[1]


def _prefixes(width: int) -> st.SearchStrategy[tuple[int, int]]:
    def cut(pair: tuple[int, int]) -> tuple[int, int]:
        value, length = pair
        return value >> (width - length) << (width - length), length

    near = st.sampled_from([0, 1 << (width - 1), (1 << width) - 1, 0x0A << (width - 8)])
    values = st.one_of(near, st.integers(0, (1 << width) - 1))
    return st.tuples(values, st.integers(1, width)).map(cut)


@pytest.mark.parametrize("width", [9, 32, 48, 128])
@unhurried
@given(data=st.data())
def test_the_longest_prefix_wins_after_any_changes(width: int, data: st.DataObject) -> None:
    routes = data.draw(st.lists(_prefixes(width), unique=True, max_size=20))
    removed = data.draw(st.sets(st.sampled_from(routes))) if routes else set()
    store, place, mem = table("lpm", 64, ("lpm", width))
    insert(store, (None,), 0, 9999)
    for number, route in enumerate(routes):
        insert(store, (route,), 0, number)
    for route in removed:
        delete(store, (route,))
    kept = {r: n for n, r in enumerate(routes) if r not in removed}
    probes = [value for value, _ in routes] + [value ^ 1 for value, _ in routes]
    for probe in [*probes, 0, (1 << width) - 1]:
        found = kernels.find_prefix(mem, jit.u64(place.root), *_aligned(probe, width))
        fits = [
            (length, n) for (v, length), n in kept.items() if (probe ^ v) >> (width - length) == 0
        ]
        assert value_at(mem, found) == (max(fits)[1] if fits else 9999)


def _aligned(value: int, width: int) -> Any:
    bits = 64 if width <= 64 else 128
    value <<= bits - width
    return u(value >> 64, value & ((1 << 64) - 1)) if bits == 128 else u(value, 0)


def test_trie_nodes_come_back_when_their_routes_go() -> None:
    store, place, _ = table("lpm", 8, ("lpm", 128))
    for turn in range(50):
        match = ((turn << 64, 64),)
        insert(store, match, 0, 1)
        delete(store, match)
    unused = int(store.mem[place.pool + 1])
    assert unused - (place.pool + 3) <= 256 * 14


@unhurried
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_the_hash_is_the_same_with_and_without_the_jit(a: int, b: int) -> None:
    from p4rsvp.softswitch.compiler import load_plain  # noqa: PLC0415 (it runs every kernel file)

    plain = _plain_kernels(load_plain)
    assert int(kernels.hash2(*u(a, b))) == plain["hash2"](a, b)


def _plain_kernels(load: Any, cache: dict[str, Any] = {}) -> dict[str, Any]:  # noqa: B006 (a cache)
    if not cache:
        source = "from p4rsvp.softswitch.kernels.tables import hash2\n"
        cache.update(load(source))
    return cache
