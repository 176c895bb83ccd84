"""What a batch of updates becomes (12): changes for the data plane, and one status per update."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from finsy.proto import p4r

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.dataplane.entities import Atomicity, Update, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.queries import Untouched
from p4rsvp.p4rt.schema import Schema

_KINDS: Final = {kind.value: kind for kind in UpdateType}

Allows: TypeAlias = Callable[[str, Any], bool]
Outcome: TypeAlias = list[ControlError | None]


def apply(
    plane: DataPlane,
    schema: Schema,
    updates: Iterable[p4r.Update],
    atomicity: Atomicity,
    allows: Allows | None = None,
) -> Outcome:
    """Carry out a batch; `allows` says, by kind and message, what the client's role may write.

    An update that is malformed counts as one that fails: with CONTINUE_ON_ERROR the others are
    carried out, else none is.
    """
    steps = [_translate(plane, schema, update, allows) for update in updates]
    sound = [step for step in steps if isinstance(step, Update)]
    if len(sound) == len(steps):
        return plane.apply(sound, atomicity)
    if atomicity is not Atomicity.CONTINUE_ON_ERROR:
        faults = [step if isinstance(step, ControlError) else None for step in steps]
        if any(faults):
            return [fault or _aborted() for fault in faults]
    answers = iter(plane.apply(sound, atomicity))
    return [next(answers) if isinstance(step, Update) else step for step in steps]


def _translate(
    plane: DataPlane, schema: Schema, update: p4r.Update, allows: Allows | None
) -> Update | ControlError | None:
    """Read one update; None if it is fine and has nothing to do."""
    entity = update.entity
    which = entity.WhichOneof("entity")
    codec = schema.codecs.get(which) if which else None
    kind = _KINDS.get(update.type)
    if codec is None or which is None or kind is None:
        return _unreadable(update)
    message = getattr(entity, which)
    if allows is not None and not allows(which, message):
        return ControlError(Status.PERMISSION_DENIED, f"{which}: the role does not extend to it")
    try:
        found = codec.write(kind, message)
        if not isinstance(found, Untouched):
            return Update(kind, found)
        found.check(plane)
    except ControlError as error:
        return error
    return None


def _unreadable(update: p4r.Update) -> ControlError:
    """Tell an update without a kind or an entity from one that this server has no use for."""
    which = update.entity.WhichOneof("entity")
    if which == "extern_entry":
        return ControlError(Status.UNIMPLEMENTED, f"{which}: the data plane has none")
    if which is None:
        return ControlError(Status.INVALID_ARGUMENT, "entity is not set")
    return ControlError(Status.INVALID_ARGUMENT, f"type {update.type} is no kind of update")


def _aborted() -> ControlError:
    return ControlError(Status.ABORTED, "another update of the batch failed")
