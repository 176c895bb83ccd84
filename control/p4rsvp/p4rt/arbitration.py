"""Who may write (5): of all controllers of a role, the one with the highest election id ever seen.

Pure: what happens to a stream goes in, the notifications that follow from it come out, in the order
in which they have to be sent. A client is whatever names its stream. Writes are carried out whole
between two calls of this module, so that none is under way when the primary changes.

Left out: the numeric role ids that 1.4 deprecates.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, NamedTuple, TypeVar

from finsy.proto import U128, p4r, rpc_status
from google.protobuf import any_pb2

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.roles import Scope, read_scope

Client = TypeVar("Client", bound=Hashable)


class Notice(NamedTuple, Generic[Client]):
    """Tell this client how things stand."""

    client: Client
    message: p4r.MasterArbitrationUpdate


@dataclass(slots=True)
class _Role(Generic[Client]):
    """The controllers of one role."""

    name: str
    clients: dict[Client, int | None] = field(default_factory=dict)
    highest: int | None = None  # ever seen; it outlives the controller that had it
    config: any_pb2.Any | None = None
    scope: Scope = field(default_factory=Scope)

    @property
    def primary(self) -> Client | None:
        if self.highest is None:
            return None
        return next((c for c, held in self.clients.items() if held == self.highest), None)


class Arbitration(Generic[Client]):
    """All roles of one device."""

    def __init__(self, device_id: int, max_clients: int) -> None:
        self.device_id: Final = device_id
        self._max_clients = max_clients
        self._roles: dict[str, _Role[Client]] = {}
        self._role_of: dict[Client, str] = {}

    # --- what clients do ---

    def update(self, client: Client, message: p4r.MasterArbitrationUpdate) -> list[Notice[Client]]:
        """Take in an arbitration (5.4); ControlError is the end of the client's stream."""
        role = self._admit(client, message)
        scope = read_scope(message.role.config if message.role.HasField("config") else None)
        election_id = U128.decode(message.election_id) if message.HasField("election_id") else None
        if election_id is not None and any(
            held == election_id and other != client for other, held in role.clients.items()
        ):
            raise ControlError(
                Status.INVALID_ARGUMENT,
                f"election id {election_id} is used by another controller of role '{role.name}'",
            )
        self._check_collision(role, scope)
        was_primary = role.primary == client
        self._roles[role.name] = role
        self._role_of[client] = role.name
        role.clients[client] = election_id
        if election_id is None or (role.highest is not None and election_id < role.highest):
            return self._notify(role, role.clients if was_primary else [client])
        role.highest, role.scope = election_id, scope
        role.config = message.role.config if message.role.HasField("config") else None
        # 5.4: the others first, the new primary last.
        others = [other for other in role.clients if other != client]
        return self._notify(role, [*others, client])

    def leave(self, client: Client) -> list[Notice[Client]]:
        """Take note that a stream has ended; the others hear of it if it was the primary's."""
        if client not in self._role_of:
            return []
        role = self._roles[self._role_of.pop(client)]
        was_primary = role.primary == client
        del role.clients[client]
        return self._notify(role, role.clients) if was_primary else []

    # --- what others ask ---

    def check_primary(self, role_name: str, election_id: p4r.Uint128 | None) -> Scope:
        """Give the scope of a request's client, or say that it is not the primary (12, 14)."""
        role = self._roles.get(role_name)
        if role is None:
            if role_name:
                raise ControlError(Status.NOT_FOUND, f"role '{role_name}' has had no controller")
            role = _Role("")
        given = None if election_id is None else U128.decode(election_id)
        if given is None or role.primary is None or given != role.highest:
            held = "nobody" if role.primary is None else f"the one with election_id {role.highest}"
            raise ControlError(
                Status.PERMISSION_DENIED,
                f"election_id {given} is not the primary's of role '{role_name}'; that is {held}",
            )
        return role.scope

    def is_primary(self, client: Client) -> bool:
        """Tell whether a stream is the primary's of its role."""
        name = self._role_of.get(client)
        return name is not None and self._roles[name].primary == client

    def scope_of(self, role_name: str) -> Scope:
        """Give what a role extends to; one that nobody has declared extends to all."""
        role = self._roles.get(role_name)
        return role.scope if role else Scope()

    def primaries(self) -> list[tuple[Client, Scope]]:
        """List the primary of each role that has one."""
        found = [(role.primary, role.scope) for role in self._roles.values()]
        return [(client, scope) for client, scope in found if client is not None]

    # --- steps ---

    def _admit(self, client: Client, message: p4r.MasterArbitrationUpdate) -> _Role[Client]:
        """Check device and role of an arbitration, a stream's first one or a later one."""
        name = message.role.name
        held = self._role_of.get(client)
        if message.device_id != self.device_id:
            raise ControlError(
                Status.NOT_FOUND if held is None else Status.FAILED_PRECONDITION,
                f"device_id {message.device_id}: this device is {self.device_id}",
            )
        if message.role.id and not name:
            raise ControlError(
                Status.INVALID_ARGUMENT, "role.id is deprecated since 1.4: give role.name"
            )
        if held is not None and held != name:
            raise ControlError(
                Status.FAILED_PRECONDITION,
                f"role '{name}': this stream has role '{held}', a change wants a new stream",
            )
        role = self._roles.get(name) or _Role(name)
        if held is None and len(role.clients) >= self._max_clients:
            raise ControlError(
                Status.RESOURCE_EXHAUSTED,
                f"role '{name}' has {self._max_clients} controllers, which is the limit",
            )
        return role

    def _check_collision(self, role: _Role[Client], scope: Scope) -> None:
        for other in self._roles.values():
            if other.name != role.name and other.clients and scope.collides(other.scope):
                raise ControlError(
                    Status.INVALID_ARGUMENT,
                    f"role.config claims what role '{other.name}' has, or the other way round",
                )

    def _notify(
        self, role: _Role[Client], clients: list[Client] | dict[Client, int | None]
    ) -> list[Notice[Client]]:
        primary = role.primary
        return [Notice(client, self._message(role, client, primary)) for client in clients]

    def _message(
        self, role: _Role[Client], client: Client, primary: Client | None
    ) -> p4r.MasterArbitrationUpdate:
        """5.5: highest election id ever, and how this client stands to the primary."""
        message = p4r.MasterArbitrationUpdate(device_id=self.device_id)
        if role.name or role.config is not None:
            message.role.name = role.name
        if role.config is not None:
            message.role.config.CopyFrom(role.config)
        if role.highest is not None:
            message.election_id.CopyFrom(U128.encode(role.highest))
        if primary is None:
            status = rpc_status.Status(code=Status.NOT_FOUND, message="there is no primary")
        elif primary == client:
            status = rpc_status.Status(code=Status.OK, message="you are the primary")
        else:
            status = rpc_status.Status(
                code=Status.ALREADY_EXISTS, message="you are a backup, there is a primary"
            )
        message.status.CopyFrom(status)
        return message
