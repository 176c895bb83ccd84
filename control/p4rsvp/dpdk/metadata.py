"""What a controller attaches to entries and groups for itself (P4Runtime 9.1, 9.5), kept for it.

The C program has no use for it, so it stays here, for as long as what it is attached to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from p4rsvp.dataplane.entities import MulticastGroup, TableEntry, UpdateType

if TYPE_CHECKING:
    from collections.abc import Hashable

    from p4rsvp.dataplane.entities import Entity, Update

_Place: TypeAlias = "tuple[Hashable, ...]"


class Metadata:
    """By table and key, or by group."""

    def __init__(self) -> None:
        self._kept: dict[_Place, tuple[bytes, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._kept)

    def clear(self) -> None:
        """Nothing is there that anything could be attached to."""
        self._kept.clear()

    def note(self, update: Update) -> None:
        """An update was made: keep what came with it, or forget what it took away."""
        kind, entity = update
        if not isinstance(entity, TableEntry | MulticastGroup):
            return
        cookie = entity.controller_metadata if isinstance(entity, TableEntry) else 0
        if kind is not UpdateType.DELETE and (entity.metadata or cookie):
            self._kept[_place(entity)] = entity.metadata, cookie
        else:
            self._kept.pop(_place(entity), None)

    def attach(self, entity: Entity) -> Entity:
        """Give an entity that was read what was kept for it."""
        if isinstance(entity, TableEntry | MulticastGroup):
            entity.metadata, cookie = self._kept.get(_place(entity), (b"", 0))
            if isinstance(entity, TableEntry):
                entity.controller_metadata = cookie
        return entity


def _place(entity: TableEntry | MulticastGroup) -> _Place:
    if isinstance(entity, MulticastGroup):
        return (entity.group_id,)
    return entity.table_id, entity.is_default, entity.match
