"""What a controller can write into a switch and read from it: P4Runtime's entities as values.

They are the vocabulary between a P4Runtime server and a data plane. Ids are the P4Info's; values
are ints, already decoded from their byte strings. Match fields and action parameters stand in the
order of the P4Info as positional tuples, which keeps the write path cheap: the tuple is at once the
dictionary key, so 50,000 updates a second leave time for everything else.

A match value is, by the match type that the P4Info gives the field:
    EXACT, OPTIONAL   value
    LPM               (value, prefix_len)
    TERNARY           (value, mask)
    RANGE             (low, high)
and None for a field that the entry leaves out ("don't care"; never for EXACT).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeAlias

MatchValue: TypeAlias = int | tuple[int, int] | None
Match: TypeAlias = tuple[MatchValue, ...]


class Action(NamedTuple):
    """An action with its parameters, in the P4Info's order."""

    action_id: int
    params: tuple[int, ...] = ()


class MemberRef(NamedTuple):
    """An entry of an indirect table that names one member of its action profile."""

    member_id: int


class GroupRef(NamedTuple):
    """An entry of an indirect table that names a group of its action selector."""

    group_id: int


class WeightedAction(NamedTuple):
    """One choice of a one-shot action set."""

    action: Action
    weight: int = 1
    watch_port: int | None = None


class ActionSet(NamedTuple):
    """One-shot action selector programming: the group belongs to its entry."""

    choices: tuple[WeightedAction, ...]


TableAction: TypeAlias = Action | MemberRef | GroupRef | ActionSet


class MeterConfig(NamedTuple):
    """A two-rate three-colour meter (RFC 2698): rates per second, bursts; in the meter's unit."""

    cir: int
    cburst: int
    pir: int
    pburst: int


class CounterData(NamedTuple):
    """What a counter holds; the half that its unit does not count stays 0."""

    byte_count: int = 0
    packet_count: int = 0


class MeterCounters(NamedTuple):
    """What a meter has let through, by colour."""

    green: CounterData
    yellow: CounterData
    red: CounterData


@dataclass(slots=True)
class TableEntry:
    """One table entry, or with `is_default` the table's default (match empty, MODIFY only).

    A MODIFY of the default entry with `action` None restores the P4 program's own. `meter` and
    `counter` set the direct resources along with the entry; None leaves them as P4Runtime 9.1
    wants (a new entry starts unset and at zero, MODIFY leaves the counter and resets the meter).
    """

    table_id: int
    match: Match = ()
    action: TableAction | None = None
    priority: int = 0  # larger wins; used where a field is ternary, range or optional, else 0
    is_default: bool = False
    is_const: bool = False  # set by reads: entries of the P4 program that cannot be changed
    metadata: bytes = b""
    idle_timeout_ns: int = 0
    meter: MeterConfig | None = None
    counter: CounterData | None = None
    idle_ns: int | None = None  # set by reads: time since the last hit, where a timeout is set
    controller_metadata: int = 0  # what `metadata` was before P4Runtime 1.4: kept, as it is


@dataclass(slots=True)
class ActionProfileMember:
    """One member of an action profile."""

    profile_id: int
    member_id: int
    action: Action | None = None


class GroupMember(NamedTuple):
    """A member's place in a group; a watch port that is down takes it out of the choice."""

    member_id: int
    weight: int = 1
    watch_port: int | None = None


@dataclass(slots=True)
class ActionProfileGroup:
    """A group of an action selector."""

    profile_id: int
    group_id: int
    members: tuple[GroupMember, ...] = ()
    max_size: int = 0


@dataclass(slots=True)
class MeterEntry:
    """One cell of an indirect meter (MODIFY only); config None means unset: always green."""

    meter_id: int
    index: int | None = None  # None: every cell
    config: MeterConfig | None = None
    counters: MeterCounters | None = None  # set by reads


@dataclass(slots=True)
class DirectMeterEntry:
    """The direct meter of a table entry (MODIFY only)."""

    entry: TableEntry
    config: MeterConfig | None = None


@dataclass(slots=True)
class CounterEntry:
    """One cell of an indirect counter (MODIFY only)."""

    counter_id: int
    index: int | None = None  # None: every cell
    data: CounterData = CounterData()  # noqa: RUF009 (a tuple, it never changes)


@dataclass(slots=True)
class DirectCounterEntry:
    """The direct counter of a table entry (MODIFY only)."""

    entry: TableEntry
    data: CounterData = CounterData()  # noqa: RUF009 (a tuple, it never changes)


@dataclass(slots=True)
class RegisterEntry:
    """One cell of a register (MODIFY only)."""

    register_id: int
    index: int | None = None  # None: every cell
    value: int = 0


@dataclass(slots=True)
class ValueSetEntry:
    """What a value set of the parser holds (MODIFY only, as a whole); members as matches."""

    value_set_id: int
    members: tuple[Match, ...] = ()


class Replica(NamedTuple):
    """One copy that a multicast group or clone session makes."""

    egress_port: int
    instance: int = 0  # egress_rid of the copy


@dataclass(slots=True)
class MulticastGroup:
    """A replication list of the packet replication engine; group 0 means no replication."""

    group_id: int
    replicas: tuple[Replica, ...] = ()
    metadata: bytes = b""  # the controller's (P4Runtime 1.4)


@dataclass(slots=True)
class CloneSession:
    """Where clones of this session go."""

    session_id: int
    replicas: tuple[Replica, ...] = ()
    class_of_service: int = 0
    packet_length_bytes: int = 0  # 0: whole packets


@dataclass(slots=True)
class DigestConfig:
    """INSERT starts reporting this digest, MODIFY changes how, DELETE stops it."""

    digest_id: int
    max_timeout_ns: int = 0
    max_list_size: int = 1
    ack_timeout_ns: int = 0


Entity: TypeAlias = (
    TableEntry
    | ActionProfileMember
    | ActionProfileGroup
    | MeterEntry
    | DirectMeterEntry
    | CounterEntry
    | DirectCounterEntry
    | RegisterEntry
    | MulticastGroup
    | CloneSession
    | DigestConfig
    | ValueSetEntry
)


class UpdateType(IntEnum):
    """As numbered by P4Runtime's Update.Type."""

    INSERT = 1
    MODIFY = 2
    DELETE = 3


class Atomicity(IntEnum):
    """As numbered by P4Runtime's WriteRequest.Atomicity."""

    CONTINUE_ON_ERROR = 0
    ROLLBACK_ON_ERROR = 1
    DATAPLANE_ATOMIC = 2


class Update(NamedTuple):
    """One change."""

    kind: UpdateType
    entity: Entity


# Columns of a matrix of sound changes (control.DataPlane.apply_rows): kind of change, ids of table
# and action (no action: 0), then the values of key and parameters in the P4Info's order.
ROW_KIND, ROW_TABLE, ROW_ACTION, ROW_VALUES = range(4)


class PacketIn(NamedTuple):
    """A packet for the controller; metadata in the order of the P4Info's `packet_in` header."""

    payload: bytes
    metadata: tuple[int, ...]


@dataclass(slots=True)
class DigestList:
    """Digest messages that wait for their ack; members in the order of the digest's struct."""

    digest_id: int
    list_id: int
    timestamp_ns: int
    members: list[tuple[int, ...]] = field(default_factory=list)
