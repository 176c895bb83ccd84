"""Which place in the arena each table, meter, counter and register of a program has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.usage import table_actions
from p4rsvp.softswitch.codegen.values import limbs_for
from p4rsvp.softswitch.kernels.scout import HINT_WORDS, HINTS
from p4rsvp.softswitch.layout import MOST_WORKERS, Arena, power_of_two

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.ir.program import ActionDef, Program, Table

METER_WORDS = 8
COUNTER_WORDS = 2
VALUE_SET_WORDS = 4  # for each word of a member
NODE_WORDS = 256
ROOT_WORDS = 1 << 16
GROUP_IDS = 1 << 16
SESSION_IDS = 1 << 16
REPLICAS = 1 << 18
CRC_WORDS = 256


@dataclass(frozen=True, slots=True)
class DataField:
    """Where one limb lies: words hold several narrow ones, and none straddles two."""

    word: int
    shift: int
    width_bits: int


def pack(widths: Sequence[int], first_word: int = 0) -> tuple[list[list[DataField]], int]:
    """Place fields limb by limb into the first words with room; also how many words that takes."""
    used: list[int] = []
    places = []
    for width in widths:
        limbs = []
        for index in range(limbs_for(width)):
            bits = min(64, width - 64 * index)
            word = next((w for w, full in enumerate(used) if full + bits <= 64), len(used))
            if word == len(used):
                used.append(0)
            limbs.append(DataField(first_word + word, used[word], bits))
            used[word] += bits
        places.append(limbs)
    return places, len(used)


def pack_params(action: ActionDef) -> tuple[list[list[DataField]], int]:
    """Where each parameter lies behind `meta`, and how many words they need."""
    return pack(action.param_bits, first_word=1)


def pack_key(table: Table) -> tuple[list[list[DataField]], int]:
    """Where each field lies in the key's words; ranges have no place there."""
    places, count = pack([k.width_bits for k in table.key if k.kind != "range"])
    return places, max(count, 1)


@dataclass(slots=True)
class TablePlace:
    """One table's geometry in the arena."""

    kind: str
    key_words: int = 0  # of the hashed key, or of the trie's (1 or 2)
    ranges: int = 0
    identity: int = 0  # words that tell rows apart: meta's place in the row
    stride: int = 0
    capacity: int = 0  # slots of the hash table, or rows
    base: int = 0
    groups: int = 0  # ternary: the list of masks
    pool: int = 0  # lpm: the node allocator
    root: int = 0
    default: int = 0  # the default row's meta
    counters: int = 0
    counter_share: int = 0  # words of each worker's copy of them
    meters: int = 0
    hits: int = 0  # time of each entry's last hit

    @property
    def hashed(self) -> int:
        """How many words of the row the hash covers."""
        return self.key_words + (1 if self.kind == "ternary" else 0)


@dataclass(slots=True)
class ProfilePlace:
    """An action profile: rows of members, and for selectors rows of groups."""

    members: int
    stride: int
    groups: int = 0
    group_stride: int = 0


@dataclass(slots=True)
class Places:
    """All of them."""

    arena: Arena
    tables: dict[str, TablePlace] = field(default_factory=dict)
    profiles: dict[str, ProfilePlace] = field(default_factory=dict)
    meters: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    registers: dict[str, int] = field(default_factory=dict)
    value_sets: dict[str, int] = field(default_factory=dict)
    multicast: int = 0  # by group: first replica << 32 | count
    sessions: int = 0  # likewise; in a second word class of service << 32 | length limit
    replicas: int = 0  # port << 32 | instance
    chance: int = 0
    hints: int = 0  # of flows, where the program has large tables
    crc16: int = 0
    crc32: int = 0


MAX_GROUP_SIZE = 256  # choices of a selector's group, by weight


LARGE_WORDS = 1 << 17  # a megabyte: what outgrows a core's own caches


def is_large(place: TablePlace) -> bool:
    """True for hash tables that can outgrow the caches."""
    return place.stride * place.capacity > LARGE_WORDS and place.root == 0


def place_program(program: Program) -> Places:
    """Lay out a program's state, in the program's own order."""
    arena = Arena()
    places = Places(arena)
    places.multicast = arena.take("multicast groups", GROUP_IDS)
    places.sessions = arena.take("clone sessions", 2 * SESSION_IDS)
    places.replicas = arena.take("replicas", REPLICAS)
    places.chance = arena.take("chance", 1)
    places.crc16 = arena.take("crc16", CRC_WORDS)
    places.crc32 = arena.take("crc32", CRC_WORDS)
    for profile in program.profiles.values():
        users = [t for t in program.tables if t.profile == profile.name]
        words = max((_data_words(program, t) for t in users), default=0)
        stride = power_of_two(1 + words)
        place = ProfilePlace(arena.take(profile.name, stride * (profile.size + 1)), stride)
        if profile.selector_algo is not None:
            place.group_stride = 1 + MAX_GROUP_SIZE
            size = place.group_stride * (profile.size + 1)
            place.groups = arena.take(f"{profile.name} groups", size)
        places.profiles[profile.name] = place
    for table in program.tables:
        places.tables[table.name] = _place_table(program, table, arena)
    if any(is_large(place) for place in places.tables.values()):
        places.hints = arena.take("hints", HINTS * HINT_WORDS)
    for meter in program.meters.values():
        if not meter.direct:
            places.meters[meter.name] = arena.take(meter.name, METER_WORDS * meter.size)
    for counter in program.counters.values():
        if not counter.direct:
            places.counters[counter.name] = arena.take(
                counter.name, COUNTER_WORDS * counter.size * MOST_WORKERS
            )
    for register in program.registers.values():
        words = limbs_for(register.width_bits)
        places.registers[register.name] = arena.take(register.name, words * register.size)
    for chosen in program.value_sets.values():
        words = VALUE_SET_WORDS * sum(map(limbs_for, chosen.width_bits))
        places.value_sets[chosen.name] = arena.take(chosen.name, 1 + words * chosen.size)
    return places


def _data_words(program: Program, table: Table) -> int:
    return max((pack_params(program.actions[i])[1] for i in table_actions(table)), default=0)


def _place_table(program: Program, table: Table, arena: Arena) -> TablePlace:
    place = TablePlace(table.kind)
    data = 1 if table.profile else _data_words(program, table)
    if table.key:
        if table.kind == "lpm":
            _place_trie(table, place, data, arena)
        else:
            _place_hash(table, place, data, arena)
    place.default = arena.take(f"{table.name} default", 1 + _data_words(program, table))
    cells = table.size + 1
    if table.direct_counter:
        place.counter_share = COUNTER_WORDS * cells
        place.counters = arena.take(f"{table.name} counters", COUNTER_WORDS * cells * MOST_WORKERS)
    if table.direct_meter:
        place.meters = arena.take(f"{table.name} meters", METER_WORDS * cells)
    if table.timeout:
        place.hits = arena.take(f"{table.name} hits", cells)
    return place


def _place_trie(table: Table, place: TablePlace, data: int, arena: Arena) -> None:
    width = table.key[0].width_bits
    place.key_words = limbs_for(width)
    if place.key_words > 2:
        raise Unsupported(f"longest prefix match on {width} bits (table {table.name})")
    levels = max(0, -(-(width - 16) // 8))
    nodes = sum(min(table.size, 1 << (16 + 8 * level)) for level in range(levels))
    place.stride = power_of_two(1 + data)
    place.capacity = table.size
    place.base = arena.take(table.name, place.stride * (table.size + 1))
    place.root = arena.take(f"{table.name} root", ROOT_WORDS)
    place.pool = arena.take(f"{table.name} nodes", 3 + NODE_WORDS * nodes)


def _place_hash(table: Table, place: TablePlace, data: int, arena: Arena) -> None:
    place.key_words = pack_key(table)[1]
    place.ranges = sum(k.kind == "range" for k in table.key)
    ternary = table.kind == "ternary"
    place.identity = place.key_words + (2 + 2 * place.ranges if ternary else 0)
    place.stride = power_of_two(place.identity + 1 + data)
    place.capacity = power_of_two(2 * table.size)
    place.base = arena.take(table.name, place.stride * place.capacity)
    if ternary:
        place.groups = arena.take(
            f"{table.name} masks", 1 + (2 + place.key_words) * (table.size + 1)
        )
