"""Match tables in a flat array of 64-bit words: hashed, tuple space, longest prefixes.

A hashed entry is a row of words, padded to a power of two so that small rows share and large ones
fill cache lines: key words, then `meta`, then the action's data. What a packet needs from an entry
lies together. `meta` is 0 in an empty slot, else action number | handle << 32 (the handle indexes
what belongs to the entry for its lifetime: direct counters and meters, time of the last hit).
Collisions probe linearly; a removal shifts later entries back, so that no tombstones ever lengthen
a probe. The capacity is twice the table's size, which bounds probes at load one half and never
needs to grow.

Ternary tables keep all their entries in one such table, hashed over the masked key and the number
of the mask ("tuple space search", Srinivasan et al., SIGCOMM 1999); the distinct masks stand in a
list by falling priority, so that a search ends at the first mask that cannot win any more.

Longest prefixes live in a multibit trie, 16 bits at the root and 8 at each further level, leaves
pushed down: an IPv4 lookup is at most three loads. A word of a node is 0, a child's index, or a
leaf: (prefix length + 1) << 56 | index of the row.

A lookup answers with the index of the row's `meta`, or 0.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Words, kernel, u64

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
THREE = u64(3)
FOUR = u64(4)
EIGHT = u64(8)
SHIFT = u64(29)
SEED = u64(0x9E3779B97F4A7C15)
FACTOR = u64(0xD6E8FEB86659FD93)
ALL = u64(0xFFFFFFFFFFFFFFFF)
LEAF_SHIFT = u64(56)
INDEX_MASK = u64(0xFFFFFFFFFFFFFF)
ROOT_BITS = u64(16)
ROOT_SHIFT = u64(48)
NODE_WORDS = u64(256)
BYTE = u64(0xFF)
WORD_BITS = u64(64)
TOP_BYTE = u64(56)
TRIE_PARENT = u64(0)


@kernel
def mix(state: int, word: int) -> int:
    """One step of the hash: every bit of the word reaches the low bits of the result."""
    state = ((state ^ word) * FACTOR) & ALL
    return state ^ (state >> SHIFT)


@kernel
def finish(state: int) -> int:
    """The last step, so that the low bits depend on all."""
    state = (state * SEED) & ALL
    return state >> SHIFT


@kernel
def hash1(a: int) -> int:
    """Hash of a key of one word."""
    return finish(mix(SEED, a))


@kernel
def hash2(a: int, b: int) -> int:
    """Hash of a key of two words."""
    return finish(mix(mix(SEED, a), b))


@kernel
def hash3(a: int, b: int, c: int) -> int:
    """Hash of a key of three words."""
    return finish(mix(mix(mix(SEED, a), b), c))


@kernel
def find1(mem: Words, base: int, mask: int, stride: int, h: int, a: int) -> int:
    """Look up a key of one word."""
    while True:
        entry = base + (h & mask) * stride
        meta = mem[entry + ONE]
        if meta == ZERO:
            return ZERO
        if mem[entry] == a:
            return entry + ONE
        h += ONE


@kernel
def find2(mem: Words, base: int, mask: int, stride: int, h: int, a: int, b: int) -> int:
    """Look up a key of two words."""
    while True:
        entry = base + (h & mask) * stride
        meta = mem[entry + TWO]
        if meta == ZERO:
            return ZERO
        if (mem[entry] == a) & (mem[entry + ONE] == b):
            return entry + TWO
        h += ONE


@kernel
def find3(mem: Words, base: int, mask: int, stride: int, h: int, a: int, b: int, c: int) -> int:
    """Look up a key of three words."""
    while True:
        entry = base + (h & mask) * stride
        meta = mem[entry + THREE]
        if meta == ZERO:
            return ZERO
        if (mem[entry] == a) & (mem[entry + ONE] == b) & (mem[entry + TWO] == c):
            return entry + THREE
        h += ONE


@kernel
def hash_tuple(key: tuple[int, ...]) -> int:
    """Hash of a key of any number of words."""
    state = SEED
    for word in key:
        state = mix(state, word)
    return finish(state)


@kernel
def find_tuple(mem: Words, base: int, mask: int, stride: int, h: int, key: tuple[int, ...]) -> int:
    """Look up a key of any number of words."""
    while True:
        entry = base + (h & mask) * stride
        place = entry
        same = True
        for word in key:
            same &= mem[place] == word
            place += ONE
        if mem[place] == ZERO:
            return ZERO
        if same:
            return place
        h += ONE


@kernel
def find_ternary(
    mem: Words, groups: int, base: int, mask: int, stride: int,
    key: tuple[int, ...], ranged: tuple[int, ...], ranges: int,
) -> int:  # fmt: skip
    """Look up by falling priority of the masks.

    Row: key, group, priority, low and high per range, meta.

    A group is: highest priority, number, mask words. `ranged` has one word too many where there
    are no ranges, since a tuple must have an element to have a type; `ranges` is how many count.
    """
    best = ZERO
    best_priority = ZERO
    group = groups + ONE
    for _ in range(mem[groups]):
        if (best != ZERO) & (mem[group] <= best_priority):
            break
        number = mem[group + ONE]
        state = SEED
        place = group + TWO
        for word in key:
            state = mix(state, word & mem[place])
            place += ONE
        h = finish(mix(state, number))
        while True:
            entry = base + (h & mask) * stride
            at = entry
            same = True
            place = group + TWO
            for word in key:
                same &= mem[at] == (word & mem[place])
                place += ONE
                at += ONE
            same &= mem[at] == number
            priority = mem[at + ONE]
            at += TWO
            for i in range(ranges):
                same &= (mem[at] <= ranged[i]) & (ranged[i] <= mem[at + ONE])
                at += TWO
            if mem[at] == ZERO:
                break
            if same & ((best == ZERO) | (priority > best_priority)):
                best = at
                best_priority = priority
            h += ONE
        group = place
    return best


@kernel
def find_prefix(mem: Words, root: int, high: int, low: int) -> int:
    """Look up the longest prefix of a left-aligned key of 64 or 128 bits."""
    word = mem[root + (high >> ROOT_SHIFT)]
    at = ROOT_BITS
    while (word != ZERO) & ((word >> LEAF_SHIFT) == ZERO):
        byte = (
            high >> (TOP_BYTE - at) if at < WORD_BITS else low >> (TOP_BYTE + WORD_BITS - at)
        ) & BYTE
        word = mem[word + byte]
        at += EIGHT
    return word & INDEX_MASK


@kernel
def row_hash(mem: Words, place: int, count: int) -> int:
    """Hash of the first `count` words at a place."""
    state = SEED
    for i in range(count):
        state = mix(state, mem[place + u64(i)])
    return finish(state)


@kernel
def row_slot(
    mem: Words, base: int, mask: int, stride: int, hashed: int, identity: int,
    row: Words, start: int,
) -> int:  # fmt: skip
    """The slot that holds this row's identity, or the empty one where it would go."""
    h = row_hash(row, start, hashed)
    while True:
        entry = base + (h & mask) * stride
        if mem[entry + identity] == ZERO:
            return entry
        same = True
        for i in range(identity):
            same &= mem[entry + u64(i)] == row[start + u64(i)]
        if same:
            return entry
        h += ONE


@kernel
def put_rows(
    mem: Words, base: int, mask: int, stride: int, hashed: int, identity: int,
    rows: Words, count: int, width: int,
) -> None:  # fmt: skip
    """Insert or overwrite rows of `width` words; the caller keeps the table at most half full."""
    for n in range(count):
        start = u64(n) * width
        entry = row_slot(mem, base, mask, stride, hashed, identity, rows, start)
        for i in range(width):
            mem[entry + u64(i)] = rows[start + u64(i)]


@kernel
def remove_row(
    mem: Words, base: int, mask: int, stride: int, hashed: int, identity: int, row: Words
) -> None:
    """Remove the row of this identity, moving back what had to probe past it."""
    hole = row_slot(mem, base, mask, stride, hashed, identity, row, ZERO)
    if mem[hole + identity] == ZERO:
        return
    at = hole
    while True:
        at = base + (((at - base) // stride + ONE) & mask) * stride
        if mem[at + identity] == ZERO:
            break
        home = row_hash(mem, at, hashed) & mask
        # The entry may move to the hole unless its home lies behind the hole on the way to it.
        from_home = ((at - base) // stride + mask + ONE - home) & mask
        from_hole = ((at - base) // stride + mask + ONE - (hole - base) // stride) & mask
        if from_home >= from_hole:
            for i in range(stride):
                mem[hole + u64(i)] = mem[at + u64(i)]
            hole = at
    for i in range(stride):
        mem[hole + u64(i)] = ZERO


@kernel
def _take_node(mem: Words, pool: int, fill: int) -> int:
    """A fresh trie node, every word set to `fill`. Pool: [free list head, next unused, limit]."""
    node = mem[pool]
    if node != ZERO:
        mem[pool] = mem[node]
    else:
        node = mem[pool + ONE]
        mem[pool + ONE] = node + NODE_WORDS
    for i in range(NODE_WORDS):
        mem[node + u64(i)] = fill
    return node


@kernel
def _fill_range(mem: Words, first: int, count: int, leaf: int, limit: int, stack: Words) -> None:
    """Set every leaf of at most `limit` below these words to `leaf`."""
    depth = ONE
    stack[ZERO] = first
    stack[ONE] = count
    while depth != ZERO:
        depth -= ONE
        start = stack[depth * TWO]
        for i in range(stack[depth * TWO + ONE]):
            word = mem[start + u64(i)]
            if (word != ZERO) & ((word >> LEAF_SHIFT) == ZERO):
                stack[depth * TWO] = word
                stack[depth * TWO + ONE] = NODE_WORDS
                depth += ONE
            elif (word >> LEAF_SHIFT) <= limit:
                mem[start + u64(i)] = leaf


@kernel
def set_prefix(
    mem: Words, pool: int, root: int, high: int, low: int, length: int,
    leaf: int, stack: Words,
) -> None:  # fmt: skip
    """Point what no longer prefix claims below a prefix at `leaf` (0 or a covering route)."""
    place = root
    at = ZERO
    bits = ROOT_BITS
    shown = ONE + length
    while True:
        if at < WORD_BITS:
            chunk = (high >> (WORD_BITS - at - bits)) & ((ONE << bits) - ONE)
        else:
            chunk = (low >> (TWO * WORD_BITS - at - bits)) & ((ONE << bits) - ONE)
        if length <= at + bits:
            spare = at + bits - length
            _fill_range(mem, place + ((chunk >> spare) << spare), ONE << spare, leaf, shown, stack)
            return
        word = mem[place + chunk]
        if (word == ZERO) | ((word >> LEAF_SHIFT) != ZERO):
            word = _take_node(mem, pool, word)
            mem[place + chunk] = word
        place = word
        at += bits
        bits = EIGHT


@kernel
def prune_prefix(mem: Words, pool: int, root: int, high: int, low: int, path: Words) -> None:
    """Give back the nodes on the way to a key that say the same for every continuation."""
    depth = ZERO
    place = root + (high >> ROOT_SHIFT)
    at = ROOT_BITS
    while True:
        word = mem[place]
        path[depth] = place
        if (word == ZERO) | ((word >> LEAF_SHIFT) != ZERO):
            break
        byte = (
            high >> (TOP_BYTE - at) if at < WORD_BITS else low >> (TOP_BYTE + WORD_BITS - at)
        ) & BYTE
        place = word + byte
        at += EIGHT
        depth += ONE
    while depth != ZERO:
        depth -= ONE
        node = mem[path[depth]]
        first = mem[node]
        if (first != ZERO) & ((first >> LEAF_SHIFT) == ZERO):
            return
        for i in range(NODE_WORDS):
            if mem[node + u64(i)] != first:
                return
        mem[path[depth]] = first
        mem[node] = mem[pool]
        mem[pool] = node
