from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Section(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SECTION_UNSPECIFIED: _ClassVar[Section]
    SECTION_SESSIONS: _ClassVar[Section]
    SECTION_SENDERS: _ClassVar[Section]
    SECTION_RESERVATIONS: _ClassVar[Section]
    SECTION_NEIGHBORS: _ClassVar[Section]
    SECTION_INTERFACES: _ClassVar[Section]
    SECTION_COUNTERS: _ClassVar[Section]
SECTION_UNSPECIFIED: Section
SECTION_SESSIONS: Section
SECTION_SENDERS: Section
SECTION_RESERVATIONS: Section
SECTION_NEIGHBORS: Section
SECTION_INTERFACES: Section
SECTION_COUNTERS: Section

class StateRequest(_message.Message):
    __slots__ = ("sections",)
    SECTIONS_FIELD_NUMBER: _ClassVar[int]
    sections: _containers.RepeatedScalarFieldContainer[Section]
    def __init__(self, sections: _Optional[_Iterable[_Union[Section, str]]] = ...) -> None: ...

class StateResponse(_message.Message):
    __slots__ = ("router", "primary", "settled", "sessions", "senders", "reservations", "neighbors", "interfaces", "counters")
    class CountersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    SENDERS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    NEIGHBORS_FIELD_NUMBER: _ClassVar[int]
    INTERFACES_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    router: str
    primary: bool
    settled: bool
    sessions: _containers.RepeatedCompositeFieldContainer[SessionState]
    senders: _containers.RepeatedCompositeFieldContainer[SenderState]
    reservations: _containers.RepeatedCompositeFieldContainer[ReservationState]
    neighbors: _containers.RepeatedCompositeFieldContainer[NeighborState]
    interfaces: _containers.RepeatedCompositeFieldContainer[InterfaceState]
    counters: _containers.ScalarMap[str, int]
    def __init__(self, router: _Optional[str] = ..., primary: _Optional[bool] = ..., settled: _Optional[bool] = ..., sessions: _Optional[_Iterable[_Union[SessionState, _Mapping]]] = ..., senders: _Optional[_Iterable[_Union[SenderState, _Mapping]]] = ..., reservations: _Optional[_Iterable[_Union[ReservationState, _Mapping]]] = ..., neighbors: _Optional[_Iterable[_Union[NeighborState, _Mapping]]] = ..., interfaces: _Optional[_Iterable[_Union[InterfaceState, _Mapping]]] = ..., counters: _Optional[_Mapping[str, int]] = ...) -> None: ...

class SessionState(_message.Message):
    __slots__ = ("session", "senders", "reservations")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SENDERS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    session: str
    senders: int
    reservations: int
    def __init__(self, session: _Optional[str] = ..., senders: _Optional[int] = ..., reservations: _Optional[int] = ...) -> None: ...

class SenderState(_message.Message):
    __slots__ = ("session", "sender", "incoming_interface", "previous_hop", "outgoing_interfaces", "token_rate_bytes_per_s", "bucket_bytes", "non_rsvp_hop")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    INCOMING_INTERFACE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_HOP_FIELD_NUMBER: _ClassVar[int]
    OUTGOING_INTERFACES_FIELD_NUMBER: _ClassVar[int]
    TOKEN_RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    BUCKET_BYTES_FIELD_NUMBER: _ClassVar[int]
    NON_RSVP_HOP_FIELD_NUMBER: _ClassVar[int]
    session: str
    sender: str
    incoming_interface: int
    previous_hop: str
    outgoing_interfaces: _containers.RepeatedScalarFieldContainer[int]
    token_rate_bytes_per_s: float
    bucket_bytes: float
    non_rsvp_hop: bool
    def __init__(self, session: _Optional[str] = ..., sender: _Optional[str] = ..., incoming_interface: _Optional[int] = ..., previous_hop: _Optional[str] = ..., outgoing_interfaces: _Optional[_Iterable[int]] = ..., token_rate_bytes_per_s: _Optional[float] = ..., bucket_bytes: _Optional[float] = ..., non_rsvp_hop: _Optional[bool] = ...) -> None: ...

class ReservationState(_message.Message):
    __slots__ = ("session", "senders", "outgoing_interface", "style", "service", "token_rate_bytes_per_s", "bucket_bytes", "switch_index", "status", "sent", "demoted", "dropped", "link_rate_bytes_per_s")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[ReservationState.Status]
        STATUS_PENDING: _ClassVar[ReservationState.Status]
        STATUS_INSTALLED: _ClassVar[ReservationState.Status]
    STATUS_UNSPECIFIED: ReservationState.Status
    STATUS_PENDING: ReservationState.Status
    STATUS_INSTALLED: ReservationState.Status
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SENDERS_FIELD_NUMBER: _ClassVar[int]
    OUTGOING_INTERFACE_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    BUCKET_BYTES_FIELD_NUMBER: _ClassVar[int]
    SWITCH_INDEX_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    DEMOTED_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    LINK_RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    session: str
    senders: _containers.RepeatedScalarFieldContainer[str]
    outgoing_interface: int
    style: str
    service: str
    token_rate_bytes_per_s: float
    bucket_bytes: float
    switch_index: int
    status: ReservationState.Status
    sent: Traffic
    demoted: Traffic
    dropped: Traffic
    link_rate_bytes_per_s: int
    def __init__(self, session: _Optional[str] = ..., senders: _Optional[_Iterable[str]] = ..., outgoing_interface: _Optional[int] = ..., style: _Optional[str] = ..., service: _Optional[str] = ..., token_rate_bytes_per_s: _Optional[float] = ..., bucket_bytes: _Optional[float] = ..., switch_index: _Optional[int] = ..., status: _Optional[_Union[ReservationState.Status, str]] = ..., sent: _Optional[_Union[Traffic, _Mapping]] = ..., demoted: _Optional[_Union[Traffic, _Mapping]] = ..., dropped: _Optional[_Union[Traffic, _Mapping]] = ..., link_rate_bytes_per_s: _Optional[int] = ...) -> None: ...

class Traffic(_message.Message):
    __slots__ = ("packets", "bytes")
    PACKETS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    packets: int
    bytes: int
    def __init__(self, packets: _Optional[int] = ..., bytes: _Optional[int] = ...) -> None: ...

class NeighborState(_message.Message):
    __slots__ = ("interface", "address", "mac")
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    MAC_FIELD_NUMBER: _ClassVar[int]
    interface: int
    address: str
    mac: str
    def __init__(self, interface: _Optional[int] = ..., address: _Optional[str] = ..., mac: _Optional[str] = ...) -> None: ...

class InterfaceState(_message.Message):
    __slots__ = ("interface", "name", "rsvp", "rate_bytes_per_s", "guaranteed", "controlled_load", "reservable_rate_bytes_per_s", "reserved_rate_bytes_per_s", "reservations", "up", "addresses")
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RSVP_FIELD_NUMBER: _ClassVar[int]
    RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    GUARANTEED_FIELD_NUMBER: _ClassVar[int]
    CONTROLLED_LOAD_FIELD_NUMBER: _ClassVar[int]
    RESERVABLE_RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    RESERVED_RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    interface: int
    name: str
    rsvp: bool
    rate_bytes_per_s: int
    guaranteed: Budget
    controlled_load: Budget
    reservable_rate_bytes_per_s: int
    reserved_rate_bytes_per_s: int
    reservations: int
    up: bool
    addresses: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, interface: _Optional[int] = ..., name: _Optional[str] = ..., rsvp: _Optional[bool] = ..., rate_bytes_per_s: _Optional[int] = ..., guaranteed: _Optional[_Union[Budget, _Mapping]] = ..., controlled_load: _Optional[_Union[Budget, _Mapping]] = ..., reservable_rate_bytes_per_s: _Optional[int] = ..., reserved_rate_bytes_per_s: _Optional[int] = ..., reservations: _Optional[int] = ..., up: _Optional[bool] = ..., addresses: _Optional[_Iterable[str]] = ...) -> None: ...

class Budget(_message.Message):
    __slots__ = ("rate_bytes_per_s", "reserved_rate_bytes_per_s", "burst_bytes", "reserved_burst_bytes")
    RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    RESERVED_RATE_BYTES_PER_S_FIELD_NUMBER: _ClassVar[int]
    BURST_BYTES_FIELD_NUMBER: _ClassVar[int]
    RESERVED_BURST_BYTES_FIELD_NUMBER: _ClassVar[int]
    rate_bytes_per_s: int
    reserved_rate_bytes_per_s: int
    burst_bytes: int
    reserved_burst_bytes: int
    def __init__(self, rate_bytes_per_s: _Optional[int] = ..., reserved_rate_bytes_per_s: _Optional[int] = ..., burst_bytes: _Optional[int] = ..., reserved_burst_bytes: _Optional[int] = ...) -> None: ...

class EventsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Event(_message.Message):
    __slots__ = ("time_ns", "kind", "fact", "session", "detail")
    TIME_NS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FACT_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    time_ns: int
    kind: str
    fact: str
    session: str
    detail: str
    def __init__(self, time_ns: _Optional[int] = ..., kind: _Optional[str] = ..., fact: _Optional[str] = ..., session: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class TearDownRequest(_message.Message):
    __slots__ = ("scope", "session", "sender", "interface", "neighbor")
    class Scope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SCOPE_UNSPECIFIED: _ClassVar[TearDownRequest.Scope]
        SCOPE_PATHS: _ClassVar[TearDownRequest.Scope]
        SCOPE_RESERVATIONS: _ClassVar[TearDownRequest.Scope]
    SCOPE_UNSPECIFIED: TearDownRequest.Scope
    SCOPE_PATHS: TearDownRequest.Scope
    SCOPE_RESERVATIONS: TearDownRequest.Scope
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    NEIGHBOR_FIELD_NUMBER: _ClassVar[int]
    scope: TearDownRequest.Scope
    session: str
    sender: str
    interface: int
    neighbor: str
    def __init__(self, scope: _Optional[_Union[TearDownRequest.Scope, str]] = ..., session: _Optional[str] = ..., sender: _Optional[str] = ..., interface: _Optional[int] = ..., neighbor: _Optional[str] = ...) -> None: ...

class TearDownResponse(_message.Message):
    __slots__ = ("paths", "reservations")
    PATHS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    paths: int
    reservations: int
    def __init__(self, paths: _Optional[int] = ..., reservations: _Optional[int] = ...) -> None: ...
