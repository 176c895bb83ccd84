"""Action profiles and selectors: members, groups, and the groups that one-shot entries bring along.

A member is a row (meta and data) of its own in the arena, and an indirect table entry holds the
row's place. A group is a row of choices, each member standing there as often as it weighs; the
hash picks one. Members whose watch port is down are left out. Rows are found by index 1 to size,
and are taken while in use.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from p4rsvp.dataplane.entities import (
    Action,
    ActionProfileGroup,
    ActionProfileMember,
    GroupMember,
    GroupRef,
    MemberRef,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.softswitch.codegen.pipeline import GROUP_FLAG
from p4rsvp.softswitch.codegen.places import MAX_GROUP_SIZE
from p4rsvp.softswitch.tables.rows import ActionPacker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import TableAction
    from p4rsvp.dataplane.p4info import InfoObject, P4Info
    from p4rsvp.softswitch.codegen.places import ProfilePlace
    from p4rsvp.softswitch.ir.program import Program, Table


@dataclass(slots=True)
class _Member:
    entity: ActionProfileMember
    index: int
    uses: int = 0  # entries and groups that name it


@dataclass(slots=True)
class _Group:
    entity: ActionProfileGroup
    index: int
    uses: int = 0


@dataclass(slots=True)
class _OneShot:
    """A group of one entry: its row and those of its choices."""

    index: int
    choices: list[tuple[int, int, int | None]] = field(default_factory=list)  # row, weight, watch


class _Rows:
    """Numbers from 1 to a size."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._free = list(range(size, 0, -1))

    def take(self) -> int:
        """A number that nobody has."""
        if not self._free:
            raise ControlError(Status.RESOURCE_EXHAUSTED, f"{self._name} is full")
        return self._free.pop()

    def give_back(self, number: int) -> None:
        """Return it."""
        self._free.append(number)


class Profile:
    """One action profile of the P4Info."""

    def __init__(
        self,
        program: Program,
        info: InfoObject,
        p4info: P4Info,
        tables: Sequence[Table],
        place: ProfilePlace,
        mem: NDArray[np.uint64],
    ) -> None:
        self.info = info
        self.p4info = p4info
        self.place = place
        self.mem = mem
        self.packer = ActionPacker(program, tables[0])
        self.members: dict[int, _Member] = {}
        self.groups: dict[int, _Group] = {}
        self._one_shots: dict[int, _OneShot] = {}
        size = program.profiles[info.name].size
        self._member_rows = _Rows(info.name, size)
        self._group_rows = _Rows(f"{info.name}'s groups", size)
        self._down: set[int] = set()
        self._names = {
            i: p4info.actions[i].name
            for table_id in info.table_ids
            for i in p4info.tables[table_id].action_ids
        }

    # What entries refer to

    def acquire(self, action: TableAction) -> int:
        """The word that an entry holds for this reference; counted until `release`."""
        if isinstance(action, MemberRef):
            member = self._member(action.member_id)
            member.uses += 1
            return self._member_place(member.index)
        if isinstance(action, GroupRef):
            group = self._group(action.group_id)
            group.uses += 1
            return self._group_place(group.index) | GROUP_FLAG
        assert not isinstance(action, Action)
        return self._one_shot([(c.action, c.weight, c.watch_port) for c in action.choices])

    def release(self, action: TableAction, word: int) -> None:
        """The entry is gone."""
        if isinstance(action, MemberRef):
            self.members[action.member_id].uses -= 1
        elif isinstance(action, GroupRef):
            self.groups[action.group_id].uses -= 1
        else:
            shot = self._one_shots.pop(word)
            for index, _, _ in shot.choices:
                self._member_rows.give_back(index)
            self._group_rows.give_back(shot.index)

    def _one_shot(self, choices: list[tuple[Action, int, int | None]]) -> int:
        if not self.info.with_selector:
            self._refuse(Status.INVALID_ARGUMENT, "it has no selector")
        self._check_weights([weight for _, weight, _ in choices])
        shot = _OneShot(self._group_rows.take())
        for action, weight, watch in choices:
            index = self._member_rows.take()
            self._write_member(index, action)
            shot.choices.append((index, weight, watch))
        word = self._group_place(shot.index) | GROUP_FLAG
        self._one_shots[word] = shot
        self._write_choices(shot.index, shot.choices)
        return word

    # Changes

    def apply_member(self, kind: UpdateType, entity: ActionProfileMember) -> Update:
        """INSERT, MODIFY or DELETE a member."""
        found = self.members.get(entity.member_id)
        if kind == UpdateType.INSERT:
            if found is not None:
                self._refuse(Status.ALREADY_EXISTS, f"there is a member {entity.member_id}")
            action = self._checked(entity.action)
            member = _Member(entity, self._member_rows.take())
            self._write_member(member.index, action)
            self.members[entity.member_id] = member
            return Update(UpdateType.DELETE, entity)
        member = self._member(entity.member_id)
        before = replace(member.entity)
        if kind == UpdateType.MODIFY:
            self._write_member(member.index, self._checked(entity.action))
            member.entity = entity
            return Update(UpdateType.MODIFY, before)
        if member.uses:
            self._refuse(Status.FAILED_PRECONDITION, f"member {entity.member_id} is in use")
        del self.members[entity.member_id]
        self._member_rows.give_back(member.index)
        return Update(UpdateType.INSERT, before)

    def apply_group(self, kind: UpdateType, entity: ActionProfileGroup) -> Update:
        """INSERT, MODIFY or DELETE a group."""
        if not self.info.with_selector:
            self._refuse(Status.INVALID_ARGUMENT, "it has no selector")
        found = self.groups.get(entity.group_id)
        if kind == UpdateType.INSERT:
            if found is not None:
                self._refuse(Status.ALREADY_EXISTS, f"there is a group {entity.group_id}")
            self._check_members(entity)
            group = _Group(entity, self._group_rows.take())
            self.groups[entity.group_id] = group
            self._count_members(entity, 1)
            self._write_group(group)
            return Update(UpdateType.DELETE, entity)
        group = self._group(entity.group_id)
        before = replace(group.entity)
        if kind == UpdateType.MODIFY:
            self._check_members(entity)
            self._count_members(before, -1)
            self._count_members(entity, 1)
            group.entity = entity
            self._write_group(group)
            return Update(UpdateType.MODIFY, before)
        if group.uses:
            self._refuse(Status.FAILED_PRECONDITION, f"group {entity.group_id} is in use")
        self._count_members(before, -1)
        del self.groups[entity.group_id]
        self._group_rows.give_back(group.index)
        return Update(UpdateType.INSERT, before)

    def set_port_up(self, port: int, *, up: bool) -> None:
        """Put a port's members into their groups, or take them out."""
        if up:
            self._down.discard(port)
        else:
            self._down.add(port)
        for group in self.groups.values():
            self._write_group(group)
        for shot in self._one_shots.values():
            self._write_choices(shot.index, shot.choices)

    def read_members(self, pattern: ActionProfileMember) -> Iterator[ActionProfileMember]:
        """Members that fit."""
        for member in list(self.members.values()):
            if pattern.member_id in {0, member.entity.member_id}:
                yield replace(member.entity)

    def read_groups(self, pattern: ActionProfileGroup) -> Iterator[ActionProfileGroup]:
        """Groups that fit."""
        for group in list(self.groups.values()):
            if pattern.group_id in {0, group.entity.group_id}:
                yield replace(group.entity)

    # Checks and rows

    def _refuse(self, status: Status, what: str) -> None:
        raise ControlError(status, f"action profile {self.info.name}: {what}")

    def _member(self, member_id: int) -> _Member:
        member = self.members.get(member_id)
        if member is None:
            raise ControlError(
                Status.NOT_FOUND, f"action profile {self.info.name}: no member {member_id}"
            )
        return member

    def _group(self, group_id: int) -> _Group:
        group = self.groups.get(group_id)
        if group is None:
            raise ControlError(
                Status.NOT_FOUND, f"action profile {self.info.name}: no group {group_id}"
            )
        return group

    def _checked(self, action: Action | None) -> Action:
        if action is None or action.action_id not in self._names:
            number = "none" if action is None else action.action_id
            what = f"{self.info.name}: action {number} is not one of its tables'"
            raise ControlError(Status.INVALID_ARGUMENT, what)
        params = self.p4info.actions[action.action_id].params
        if len(params) != len(action.params):
            self._refuse(Status.INVALID_ARGUMENT, f"the action takes {len(params)} parameters")
        for param, value in zip(params, action.params, strict=True):
            if not 0 <= value < 1 << param.width_bits:
                what = f"parameter {param.name} does not fit {param.width_bits} bits"
                self._refuse(Status.OUT_OF_RANGE, what)
        return action

    def _check_weights(self, weights: list[int]) -> None:
        if any(weight < 1 for weight in weights):
            self._refuse(Status.INVALID_ARGUMENT, "a weight is at least 1")
        limit = self.info.max_group_size or MAX_GROUP_SIZE
        if sum(weights) > min(limit, MAX_GROUP_SIZE):
            self._refuse(Status.RESOURCE_EXHAUSTED, f"a group's weights add up to {limit} at most")

    def _check_members(self, entity: ActionProfileGroup) -> None:
        for choice in entity.members:
            self._member(choice.member_id)
        self._check_weights([choice.weight for choice in entity.members])

    def _count_members(self, entity: ActionProfileGroup, change: int) -> None:
        for choice in entity.members:
            self.members[choice.member_id].uses += change

    def _member_place(self, index: int) -> int:
        return self.place.members + self.place.stride * index

    def _group_place(self, index: int) -> int:
        return self.place.groups + self.place.group_stride * index

    def _write_member(self, index: int, action: Action) -> None:
        row = self.packer.row(self._names[action.action_id], action.params, 0)
        at = self._member_place(index)
        self.mem[at : at + len(row)] = row

    def _write_group(self, group: _Group) -> None:
        choices = [self._choice(member) for member in group.entity.members]
        self._write_choices(group.index, choices)

    def _choice(self, choice: GroupMember) -> tuple[int, int, int | None]:
        return self.members[choice.member_id].index, choice.weight, choice.watch_port

    def _write_choices(self, index: int, choices: list[tuple[int, int, int | None]]) -> None:
        words = [
            self._member_place(row)
            for row, weight, watch in choices
            if watch not in self._down
            for _ in range(weight)
        ]
        at = self._group_place(index)
        self.mem[at : at + 1 + len(words)] = [len(words), *words]
