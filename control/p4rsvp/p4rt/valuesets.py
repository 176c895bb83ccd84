"""The parser's value sets (9.6): sets of keys, written and read as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import UpdateType, ValueSetEntry
from p4rsvp.p4rt.matches import Key
from p4rsvp.p4rt.queries import Query, lookup, only_modify


class ValueSets:
    """The codec of ValueSetEntry."""

    def __init__(self, value_sets: Iterable[p4i.ValueSet]) -> None:
        self._keys: Final = {
            v.preamble.id: Key(f"value set {v.preamble.alias}", v.match) for v in value_sets
        }

    def write(self, kind: UpdateType, message: p4r.ValueSetEntry) -> ValueSetEntry:
        """Read an update; no members empty the set."""
        key = lookup(self._keys, message.value_set_id, "value_set_id")
        only_modify(kind, key.what)
        members = tuple(key.decode(member.match) for member in message.members)
        return ValueSetEntry(message.value_set_id, members)

    def read(self, message: p4r.ValueSetEntry) -> Query:
        """Read a request; value_set_id 0 asks for all."""
        if message.value_set_id:
            lookup(self._keys, message.value_set_id, "value_set_id")
        return Query(ValueSetEntry(message.value_set_id), self.encode)

    def encode(self, entry: ValueSetEntry, entity: p4r.Entity) -> None:
        """Write a set."""
        message = entity.value_set_entry
        message.value_set_id = entry.value_set_id
        key = self._keys[entry.value_set_id]
        for member in entry.members:
            key.encode(member, message.members.add())
