"""Actions and what a table entry may do (9.1.2): Action, TableAction and one-shot action sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import (
    Action,
    ActionSet,
    GroupRef,
    MemberRef,
    TableAction,
    WeightedAction,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.rows import Row
from p4rsvp.p4rt.selectors import Selector, decode_watch_port, encode_watch_port

DecodeAction = Callable[[p4r.TableAction], TableAction]
_Scope = p4i.ActionRef.Scope


class Actions:
    """Every action of a program, by id."""

    def __init__(self, actions: Iterable[p4i.Action]) -> None:
        self._rows = {
            action.preamble.id: Row(f"action {action.preamble.alias}", action.params, "param_id")
            for action in actions
        }

    def row(self, action_id: int) -> Row:
        """Give the parameters of an action that the P4Info names."""
        return self._rows[action_id]

    def encode(self, action: Action, message: p4r.Action) -> None:
        """Write an action."""
        message.action_id = action.action_id
        self._rows[action.action_id].encode(action.params, message.params)


class ActionChoice:
    """The actions that a table or action profile allows, for its entries and as its default."""

    def __init__(self, what: str, refs: Iterable[p4i.ActionRef], actions: Actions) -> None:
        self._what = what
        self._actions = actions
        scopes = {ref.id: ref.scope for ref in refs}
        rows = {action_id: actions.row(action_id) for action_id in scopes}
        self._known = frozenset(scopes)
        self._entry = {i: row for i, row in rows.items() if scopes[i] != _Scope.DEFAULT_ONLY}
        self._default = {i: row for i, row in rows.items() if scopes[i] != _Scope.TABLE_ONLY}

    def decode(self, message: p4r.Action) -> Action:
        """Read the action of an entry or a member."""
        action_id = message.action_id
        row = self._entry.get(action_id)
        if row is None:
            raise self._refusal(action_id, "only as the default action")
        return Action(action_id, row.decode(message.params))

    def decode_default(self, message: p4r.Action) -> Action:
        """Read a default action."""
        action_id = message.action_id
        row = self._default.get(action_id)
        if row is None:
            raise self._refusal(action_id, "only in entries")
        return Action(action_id, row.decode(message.params))

    def check(self, action_id: int) -> None:
        """Refuse an action that is never one of these."""
        if action_id not in self._known:
            raise self._refusal(action_id, "")

    def _refusal(self, action_id: int, scope: str) -> ControlError:
        if action_id in self._known:
            return ControlError(
                Status.PERMISSION_DENIED, f"{self._what}: action {action_id} is allowed {scope}"
            )
        return ControlError(
            Status.INVALID_ARGUMENT, f"{self._what}: action_id {action_id} is none of its actions"
        )

    def encode(self, action: Action, message: p4r.Action) -> None:
        """Write an action."""
        self._actions.encode(action, message)


def decode_direct(what: str, choice: ActionChoice) -> DecodeAction:
    """Make the reader for a table whose entries hold their actions themselves."""

    def decode(message: p4r.TableAction) -> TableAction:
        action = message.action
        if not action.action_id and message.WhichOneof("type") != "action":
            raise _mismatch(what, message, "action")
        return choice.decode(action)

    return decode


def decode_indirect(what: str, choice: ActionChoice, selector: Selector) -> DecodeAction:
    """Make the reader for a table whose entries refer to an action profile."""

    def decode(message: p4r.TableAction) -> TableAction:
        kind = message.WhichOneof("type")
        if kind == "action_profile_member_id":
            return MemberRef(message.action_profile_member_id)
        if kind == "action_profile_group_id" and selector.has_groups:
            return GroupRef(message.action_profile_group_id)
        if kind == "action_profile_action_set" and selector.has_groups:
            return _decode_set(message.action_profile_action_set, choice, selector)
        raise _mismatch(what, message, f"a reference to action profile {selector.name}")

    return decode


def _mismatch(what: str, message: p4r.TableAction, wanted: str) -> ControlError:
    given = message.WhichOneof("type") or "nothing"
    return ControlError(
        Status.INVALID_ARGUMENT, f"{what}, action: holds {given}, the table wants {wanted}"
    )


def _decode_set(
    message: p4r.ActionProfileActionSet, choice: ActionChoice, selector: Selector
) -> ActionSet:
    """9.2.3: one-shot programming; equal actions stay separate choices."""
    for later in ("action_selection_mode", "size_semantics"):  # P4Runtime 1.5
        if getattr(message, later):
            raise ControlError(Status.UNIMPLEMENTED, f"{selector.what}: {later} (P4Runtime 1.5)")
    given = message.action_profile_actions
    selector.check_weights([one.weight for one in given], selector.max_group_size)
    return ActionSet(
        tuple(
            WeightedAction(
                choice.decode(one.action), one.weight, decode_watch_port(one, selector.what)
            )
            for one in given
        )
    )


class TableActions:
    """Writes whatever action an entry can hold."""

    def __init__(self, actions: Actions) -> None:
        self._actions: Final = actions

    def encode(self, action: TableAction, message: p4r.TableAction) -> None:
        """Write the action of an entry as it was given."""
        match action:
            case Action():
                self._actions.encode(action, message.action)
            case MemberRef(member_id):
                message.action_profile_member_id = member_id
            case GroupRef(group_id):
                message.action_profile_group_id = group_id
            case ActionSet(choices):
                message.action_profile_action_set.SetInParent()
                for choice in choices:
                    one = message.action_profile_action_set.action_profile_actions.add()
                    self._actions.encode(choice.action, one.action)
                    one.weight = choice.weight
                    encode_watch_port(choice.watch_port, one)
