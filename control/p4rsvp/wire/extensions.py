"""The messages that came after RFC 2205, in the same form as its own (messages.py).

RFC 2745 3 (DREQ, DREP), RFC 2961 4.4 and 5.2 (Ack, Srefresh), RFC 3209 5 with RFC 3473 9 and RFC
5063 4.2 (Hello), RFC 2747 4.3 with the numbers of the registry (Integrity Challenge and Response),
RFC 5063 4.1 (RecoveryPath).
"""

from __future__ import annotations

from typing import ClassVar

from p4rsvp.wire.codes import ClassNum, MessageType
from p4rsvp.wire.diagnostics import Diagnostic, DiagResponse, DiagSelect, Route
from p4rsvp.wire.grammar import Grammar, many, one, optional, some
from p4rsvp.wire.integrity import Challenge
from p4rsvp.wire.messages import AnyHop, AnySession, Message, Path
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.refresh import MessageIdList, MessageIdMcastList, MessageIdSrcList
from p4rsvp.wire.restart import Capability, HelloAck, HelloRequest, RestartCap


class _Diagnosis(Message, frozen=True, gc=False):
    """What a request and its reply have in common, which is all but their types (RFC 2745 3)."""

    session: AnySession
    hop: AnyHop
    diagnostic: Diagnostic
    select: DiagSelect | None = None
    route: Route | None = None
    responses: tuple[DiagResponse, ...] = ()

    grammar: ClassVar[Grammar] = Grammar(
        one(ClassNum.SESSION, "session"),
        one(ClassNum.RSVP_HOP, "hop"),
        one(ClassNum.DIAGNOSTIC, "diagnostic"),
        optional(ClassNum.DIAG_SELECT, "select"),
        optional(ClassNum.ROUTE, "route"),
        many(ClassNum.DIAG_RESPONSE, "responses"),
    )


class Dreq(_Diagnosis, frozen=True, gc=False):
    """A request to every node on a path to report its state."""

    type: ClassVar[MessageType] = MessageType.DREQ


class Drep(_Diagnosis, frozen=True, gc=False):
    """The collected answer to a Dreq."""

    type: ClassVar[MessageType] = MessageType.DREP


class Ack(Message, frozen=True, gc=False):
    """Acknowledgements that had no other message to ride on (RFC 2961 4.4)."""

    type: ClassVar[MessageType] = MessageType.ACK
    # It must hold an acknowledgement, and must not ask for one.
    grammar: ClassVar[Grammar] = Grammar(
        lead=(
            optional(ClassNum.INTEGRITY, "integrity"),
            some(ClassNum.MESSAGE_ID_ACK, "acks"),
        )
    )


class Srefresh(Message, frozen=True, gc=False):
    """A summary refresh: identifiers in place of the messages that they repeat (RFC 2961 5.2)."""

    lists: tuple[MessageIdList | MessageIdSrcList | MessageIdMcastList | Opaque, ...]

    type: ClassVar[MessageType] = MessageType.SREFRESH
    grammar: ClassVar[Grammar] = Grammar(some(ClassNum.MESSAGE_ID_LIST, "lists"))


class HelloMessage(Message, frozen=True, gc=False):
    """Is the neighbour there, and is it still the one that was (RFC 3209 5, RFC 5063 4.2)."""

    hello: HelloRequest | HelloAck
    restart_cap: RestartCap | Opaque | None = None
    capability: Capability | Opaque | None = None

    type: ClassVar[MessageType] = MessageType.HELLO
    grammar: ClassVar[Grammar] = Grammar(
        one(ClassNum.HELLO, "hello"),
        optional(ClassNum.RESTART_CAP, "restart_cap"),
        optional(ClassNum.CAPABILITY, "capability"),
    )


class IntegrityChallenge(Message, frozen=True, gc=False):
    """A question for the sequence number (RFC 2747 4.3); it carries no INTEGRITY."""

    challenge: Challenge

    type: ClassVar[MessageType] = MessageType.INTEGRITY_CHALLENGE
    grammar: ClassVar[Grammar] = Grammar(one(ClassNum.CHALLENGE, "challenge"))


class IntegrityResponse(Message, frozen=True, gc=False):
    """The answer: its INTEGRITY holds the sequence number (RFC 2747 4.3)."""

    challenge: Challenge

    type: ClassVar[MessageType] = MessageType.INTEGRITY_RESPONSE
    grammar: ClassVar[Grammar] = Grammar(one(ClassNum.CHALLENGE, "challenge"))


class RecoveryPath(Path, frozen=True, gc=False):
    """A Path that a downstream neighbour gives back after a restart (RFC 5063 4.1): a Path's BNF.

    It restores the labels of RSVP-TE, so it is shown and has no effect here.
    """

    type: ClassVar[MessageType] = MessageType.RECOVERY_PATH
