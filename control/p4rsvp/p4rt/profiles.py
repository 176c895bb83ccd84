"""Action profiles (9.2): their members, and the groups of action selectors."""

from __future__ import annotations

from collections.abc import Mapping

from finsy.proto import p4r

from p4rsvp.dataplane.entities import (
    ActionProfileGroup,
    ActionProfileMember,
    GroupMember,
    UpdateType,
)
from p4rsvp.p4rt.actions import ActionChoice
from p4rsvp.p4rt.queries import Query, lookup
from p4rsvp.p4rt.selectors import Selector, decode_watch_port, encode_watch_port


class Members:
    """The codec of ActionProfileMember."""

    def __init__(self, selectors: dict[int, Selector], choices: Mapping[int, ActionChoice]) -> None:
        self._selectors = selectors
        self._choices = choices

    def write(self, kind: UpdateType, message: p4r.ActionProfileMember) -> ActionProfileMember:
        """Read an update; of a DELETE only the ids count."""
        selector = lookup(self._selectors, message.action_profile_id, "action_profile_id")
        if not message.member_id:
            raise selector.invalid("member_id is 0")
        if kind is UpdateType.DELETE:
            return ActionProfileMember(selector.profile_id, message.member_id)
        if not message.HasField("action"):
            raise selector.invalid(f"member {message.member_id}: action is missing")
        action = self._choices[selector.profile_id].decode(message.action)
        return ActionProfileMember(selector.profile_id, message.member_id, action)

    def read(self, message: p4r.ActionProfileMember) -> Query:
        """Read a request."""
        if message.action_profile_id:
            lookup(self._selectors, message.action_profile_id, "action_profile_id")
        pattern = ActionProfileMember(message.action_profile_id, message.member_id)
        return Query(pattern, self.encode)

    def encode(self, member: ActionProfileMember, entity: p4r.Entity) -> None:
        """Write a member."""
        message = entity.action_profile_member
        message.action_profile_id = member.profile_id
        message.member_id = member.member_id
        if member.action is not None:
            self._choices[member.profile_id].encode(member.action, message.action)


class Groups:
    """The codec of ActionProfileGroup."""

    def __init__(self, selectors: dict[int, Selector]) -> None:
        self._selectors = selectors

    def write(self, kind: UpdateType, message: p4r.ActionProfileGroup) -> ActionProfileGroup:
        """Read an update; of a DELETE only the ids count."""
        selector = lookup(self._selectors, message.action_profile_id, "action_profile_id")
        if not selector.has_groups:
            raise selector.invalid("it has no selector, and so no groups")
        if not message.group_id:
            raise selector.invalid("group_id is 0")
        if kind is UpdateType.DELETE:
            return ActionProfileGroup(selector.profile_id, message.group_id)
        selector.check_max_size(message.max_size)
        members = message.members
        selector.check_weights(
            [member.weight for member in members], message.max_size or selector.max_group_size
        )
        if len({member.member_id for member in members}) < len(members):
            raise selector.invalid(f"group {message.group_id}: a member is given twice")
        return ActionProfileGroup(
            selector.profile_id,
            message.group_id,
            tuple(
                GroupMember(m.member_id, m.weight, decode_watch_port(m, selector.what))
                for m in members
            ),
            message.max_size,
        )

    def read(self, message: p4r.ActionProfileGroup) -> Query:
        """Read a request."""
        if message.action_profile_id:
            lookup(self._selectors, message.action_profile_id, "action_profile_id")
        pattern = ActionProfileGroup(message.action_profile_id, message.group_id)
        return Query(pattern, self.encode)

    @staticmethod
    def encode(group: ActionProfileGroup, entity: p4r.Entity) -> None:
        """Write a group."""
        message = entity.action_profile_group
        message.action_profile_id = group.profile_id
        message.group_id = group.group_id
        message.max_size = group.max_size
        for member in group.members:
            one = message.members.add(member_id=member.member_id, weight=member.weight)
            encode_watch_port(member.watch_port, one)
