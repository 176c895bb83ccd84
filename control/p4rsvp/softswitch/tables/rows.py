"""How entries become rows of words: packed keys, packed action data, meta.

The packing is codegen/places.py's, which generated code unpacks. Everything that can be decided
once per table is, because this is the path of 50,000 writes a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.pipeline import HANDLE_SHIFT
from p4rsvp.softswitch.codegen.places import pack_key, pack_params
from p4rsvp.softswitch.codegen.usage import table_actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.places import DataField
    from p4rsvp.softswitch.ir.program import Program, Table

WORD = (1 << 64) - 1


class Packer:
    """Packs values of fixed widths into words."""

    __slots__ = ("_steps", "words")

    def __init__(
        self, places: Sequence[Sequence[DataField]], words: int, first_word: int = 0
    ) -> None:
        self.words = words
        self._steps = [
            (value, 64 * limb, (1 << place.width_bits) - 1, place.word - first_word, place.shift)
            for value, limbs in enumerate(places)
            for limb, place in enumerate(limbs)
        ]

    def pack(self, values: Sequence[int]) -> list[int]:
        """The words of these values."""
        words = [0] * self.words
        for index, down, mask, word, up in self._steps:
            words[word] |= ((values[index] >> down) & mask) << up
        return words


class ActionPacker:
    """Packs the actions of one table: number and data."""

    def __init__(self, program: Program, table: Table) -> None:
        self.numbers: dict[str, int] = {}
        self.places: dict[str, list[list[DataField]]] = {}
        self._packers: dict[str, Packer] = {}
        for position, action_id in enumerate(table_actions(table)):
            action = program.actions[action_id]
            places, words = pack_params(action)
            self.numbers[action.name] = position + 1
            self.places[action.name] = places
            self._packers[action.name] = Packer(places, words, first_word=1)

    def row(self, name: str, params: Sequence[int], handle: int) -> list[int]:
        """Meta and data."""
        meta = self.numbers[name] | handle << HANDLE_SHIFT
        return [meta, *self._packers[name].pack(params)]


def key_packer(table: Table) -> Packer:
    """The packer of a table's key, ranges left out."""
    places, words = pack_key(table)
    return Packer(places, words)
