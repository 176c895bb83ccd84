"""The seven messages of RFC 2205 (3.1.3 to 3.1.9), each a dataclass with its BNF as a table.

The sender descriptor of a Path is three fields of it: template, tspec, adspec. Later RFCs' messages
are in extensions.py, the Bundle in message.py.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.aggregate import AggregateSession, GenericAggregateSession
from p4rsvp.wire.codes import ClassNum, MessageType
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.grammar import Grammar, Placed, many, one, optional
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.integrity import Integrity
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.refresh import MessageId, MessageIdAck, MessageIdNack
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Scope, Style
from p4rsvp.wire.tspec import OpaqueTspec, SenderTspec

# What a class may hold; `Opaque` is RSVP-TE's and others' objects, which we carry and do not read.
AnySession: TypeAlias = Session | GpiSession | AggregateSession | GenericAggregateSession | Opaque
AnyHop: TypeAlias = Hop | Opaque
AnyTemplate: TypeAlias = SenderTemplate | Opaque
AnyTspec: TypeAlias = SenderTspec | OpaqueTspec | Opaque
AnyError: TypeAlias = ErrorSpec | Opaque
Policy: TypeAlias = tuple[PolicyData | Opaque, ...]

_SESSION = one(ClassNum.SESSION, "session")
_HOP = one(ClassNum.RSVP_HOP, "hop")
_TIME = one(ClassNum.TIME_VALUES, "time_values")
_ERROR = one(ClassNum.ERROR_SPEC, "error")
_SCOPE = optional(ClassNum.SCOPE, "scope")
_POLICY = many(ClassNum.POLICY_DATA, "policy")
_SENDER = (one(ClassNum.SENDER_TEMPLATE, "template"), one(ClassNum.SENDER_TSPEC, "tspec"))
_SENDER_OPTIONAL = (
    optional(ClassNum.SENDER_TEMPLATE, "template"),
    optional(ClassNum.SENDER_TSPEC, "tspec"),
)
_ADSPEC = optional(ClassNum.ADSPEC, "adspec")


class Message(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What every message has: the header's fields, and the objects of any message."""

    send_ttl: int = 0
    flags: int = 0  # HeaderFlag
    integrity: Integrity | None = None
    acks: tuple[MessageIdAck | MessageIdNack | Opaque, ...] = ()
    message_id: MessageId | Opaque | None = None
    extras: tuple[Placed, ...] = ()

    type: ClassVar[MessageType]
    grammar: ClassVar[Grammar]


class Path(Message, frozen=True, gc=False):
    """A sender announces its flow, hop by hop (RFC 2205 3.1.3)."""

    session: AnySession
    hop: AnyHop
    time_values: TimeValues
    template: AnyTemplate
    tspec: AnyTspec
    adspec: Adspec | Opaque | None = None
    policy: Policy = ()

    type: ClassVar[MessageType] = MessageType.PATH
    grammar: ClassVar[Grammar] = Grammar(_SESSION, _HOP, _TIME, _POLICY, *_SENDER, _ADSPEC)


class Resv(Message, frozen=True, gc=False):
    """A receiver's request, hop by hop towards the senders (RFC 2205 3.1.4)."""

    session: AnySession
    hop: AnyHop
    time_values: TimeValues
    style: Style
    flows: tuple[FlowDescriptor, ...]
    confirm: ResvConfirm | None = None
    scope: Scope | None = None
    policy: Policy = ()

    type: ClassVar[MessageType] = MessageType.RESV
    grammar: ClassVar[Grammar] = Grammar(
        _SESSION,
        _HOP,
        _TIME,
        optional(ClassNum.RESV_CONFIRM, "confirm"),
        _SCOPE,
        _POLICY,
        flows=True,
    )


class PathErr(Message, frozen=True, gc=False):
    """An error in a Path, towards its sender (RFC 2205 3.1.7)."""

    session: AnySession
    error: AnyError
    template: AnyTemplate | None = None
    tspec: AnyTspec | None = None
    adspec: Adspec | Opaque | None = None
    policy: Policy = ()

    type: ClassVar[MessageType] = MessageType.PATH_ERR
    grammar: ClassVar[Grammar] = Grammar(_SESSION, _ERROR, _POLICY, *_SENDER_OPTIONAL, _ADSPEC)


class ResvErr(Message, frozen=True, gc=False):
    """An error in a Resv, towards the receivers that caused it (RFC 2205 3.1.8)."""

    session: AnySession
    hop: AnyHop
    error: AnyError
    style: Style
    flows: tuple[FlowDescriptor, ...] = ()  # one at the most
    scope: Scope | None = None
    policy: Policy = ()

    type: ClassVar[MessageType] = MessageType.RESV_ERR
    grammar: ClassVar[Grammar] = Grammar(
        _SESSION, _HOP, _ERROR, _SCOPE, _POLICY, flows=True, flowspec_required=False
    )


class PathTear(Message, frozen=True, gc=False):
    """The end of a sender's path state (RFC 2205 3.1.5); a Tspec or ADSPEC in it is ignored."""

    session: AnySession
    hop: AnyHop
    template: AnyTemplate | None = None
    tspec: AnyTspec | None = None
    adspec: Adspec | Opaque | None = None

    type: ClassVar[MessageType] = MessageType.PATH_TEAR
    grammar: ClassVar[Grammar] = Grammar(_SESSION, _HOP, *_SENDER_OPTIONAL, _ADSPEC)


class ResvTear(Message, frozen=True, gc=False):
    """The end of reservation state (RFC 2205 3.1.6); flowspecs and a SCOPE in it are ignored."""

    session: AnySession
    hop: AnyHop
    style: Style
    flows: tuple[FlowDescriptor, ...]
    scope: Scope | None = None

    type: ClassVar[MessageType] = MessageType.RESV_TEAR
    grammar: ClassVar[Grammar] = Grammar(
        _SESSION, _HOP, _SCOPE, flows=True, flowspec_required=False
    )


class ResvConf(Message, frozen=True, gc=False):
    """A reservation stands, as far as the node that says so can know (RFC 2205 3.1.9)."""

    session: AnySession
    error: AnyError
    confirm: ResvConfirm
    style: Style
    flows: tuple[FlowDescriptor, ...]

    type: ClassVar[MessageType] = MessageType.RESV_CONF
    grammar: ClassVar[Grammar] = Grammar(
        _SESSION, _ERROR, one(ClassNum.RESV_CONFIRM, "confirm"), flows=True
    )
