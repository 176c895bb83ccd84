"""The objects of refresh overhead reduction (RFC 2961 4 and 5; RFC 5063 5.1 adds a flag).

MESSAGE_ID names a message for its receiver, MESSAGE_ID_ACK and _NACK answer it, and the three lists
stand for the Path and Resv messages that a summary refresh repeats. Retransmission and the
matching of identifiers to state are the engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, pack, unpack_from
from typing import ClassVar, NamedTuple

from p4rsvp.wire.address import IPV4_BYTES, IPV6_BYTES, Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject, decodes

ACK_DESIRED_FLAG = 0x01  # RFC 2961 4.2: the receiver is to answer with MESSAGE_ID_ACK
RECOVERY_PATH_FLAG = 0x02  # RFC 5063 5.1: about Path state that a RecoveryPath can recover
_EPOCH_MASK = 0xFFFFFF
_ACK_DESIRED = ACK_DESIRED_FLAG << 24  # as they stand in the word that they share with the epoch
_RECOVERY_PATH = RECOVERY_PATH_FLAG << 24

_WORD = Struct("!I")
_EPOCH_AND_ID = Struct("!II")
_SOURCE_ENTRY = {IPV4_BYTES: Struct("!I4s"), IPV6_BYTES: Struct("!I16s")}
_MULTICAST_ENTRY = {IPV4_BYTES: Struct("!I4s4s"), IPV6_BYTES: Struct("!I16s16s")}


@dataclass(frozen=True, slots=True)
class MessageId(WireObject):
    """MESSAGE_ID: with the sender's address it names one message."""

    epoch: int  # 24 bits, new at each start of the sender
    message_id: int  # 32 bits, growing within an epoch, and wrapping
    ack_desired: bool = False

    class_num: ClassVar[int] = ClassNum.MESSAGE_ID

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        flags = _ACK_DESIRED if self.ack_desired else 0
        return _EPOCH_AND_ID.pack(flags | self.epoch, self.message_id)


@dataclass(frozen=True, slots=True)
class MessageIdAck(WireObject):
    """MESSAGE_ID_ACK: the message of this epoch and identifier has arrived."""

    epoch: int
    message_id: int
    recovery_path: bool = False

    class_num: ClassVar[int] = ClassNum.MESSAGE_ID_ACK

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        flags = _RECOVERY_PATH if self.recovery_path else 0
        return _EPOCH_AND_ID.pack(flags | self.epoch, self.message_id)


@dataclass(frozen=True, slots=True)
class MessageIdNack(WireObject):
    """MESSAGE_ID_NACK: a summary refresh named an identifier that the receiver does not know."""

    epoch: int
    message_id: int
    recovery_path: bool = False

    class_num: ClassVar[int] = ClassNum.MESSAGE_ID_ACK

    @property
    def c_type(self) -> int:
        return 2

    def body(self) -> bytes:
        flags = _RECOVERY_PATH if self.recovery_path else 0
        return _EPOCH_AND_ID.pack(flags | self.epoch, self.message_id)


@dataclass(frozen=True, slots=True)
class MessageIdList(WireObject):
    """MESSAGE_ID LIST: refreshes Resv state, and Path state of unicast sessions."""

    epoch: int
    message_ids: tuple[int, ...]  # at least one
    recovery_path: bool = False

    class_num: ClassVar[int] = ClassNum.MESSAGE_ID_LIST

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        flags = _RECOVERY_PATH if self.recovery_path else 0
        return pack(f"!{1 + len(self.message_ids)}I", flags | self.epoch, *self.message_ids)


class SourceMessageId(NamedTuple):
    """Source_Message_Identifier_Tuple: a Path message and the sender that it describes."""

    message_id: int
    source: Address


class MulticastMessageId(NamedTuple):
    """Multicast_Message_Identifier_Tuple: a Path message, its sender, and its session's group."""

    message_id: int
    source: Address
    destination: Address


@dataclass(frozen=True, slots=True)
class MessageIdSrcList(WireObject):
    """MESSAGE_ID SRC_LIST: refreshes multicast Path state, sent to the group itself."""

    epoch: int
    entries: tuple[SourceMessageId, ...]  # at least one, all of one address family

    class_num: ClassVar[int] = ClassNum.MESSAGE_ID_LIST

    @property
    def c_type(self) -> int:
        return 2 if len(self.entries[0].source) == IPV4_BYTES else 3

    def body(self) -> bytes:
        entry_layout = _SOURCE_ENTRY[_address_bytes(self.entries)]
        return _WORD.pack(self.epoch) + b"".join(entry_layout.pack(*e) for e in self.entries)


@dataclass(frozen=True, slots=True)
class MessageIdMcastList(WireObject):
    """MESSAGE_ID MCAST_LIST: refreshes multicast Path state, sent to the next hop."""

    epoch: int
    entries: tuple[MulticastMessageId, ...]  # at least one, all of one address family

    class_num: ClassVar[int] = ClassNum.MESSAGE_ID_LIST

    @property
    def c_type(self) -> int:
        return 4 if len(self.entries[0].source) == IPV4_BYTES else 5

    def body(self) -> bytes:
        entry_layout = _MULTICAST_ENTRY[_address_bytes(self.entries)]
        return _WORD.pack(self.epoch) + b"".join(entry_layout.pack(*e) for e in self.entries)


def _address_bytes(entries: tuple[SourceMessageId, ...] | tuple[MulticastMessageId, ...]) -> int:
    """The size of each address in these entries; the C-Type names one for all."""
    sizes = {len(address) for entry in entries for address in entry[1:]}
    if len(sizes) != 1:
        raise ValueError("the entries of one MESSAGE_ID list are of one address family")
    return sizes.pop()


@decodes(ClassNum.MESSAGE_ID, 1, "MESSAGE_ID", size=8)
def decode_message_id(body: bytes) -> MessageId:
    """Read a MESSAGE_ID."""
    word, message_id = _EPOCH_AND_ID.unpack(body)
    return MessageId(word & _EPOCH_MASK, message_id, bool(word & _ACK_DESIRED))


@decodes(ClassNum.MESSAGE_ID_ACK, 1, "MESSAGE_ID_ACK", size=8)
def decode_message_id_ack(body: bytes) -> MessageIdAck:
    """Read a MESSAGE_ID_ACK; RFC 2961 4.3: flags without a meaning are ignored."""
    word, message_id = _EPOCH_AND_ID.unpack(body)
    return MessageIdAck(word & _EPOCH_MASK, message_id, bool(word & _RECOVERY_PATH))


@decodes(ClassNum.MESSAGE_ID_ACK, 2, "MESSAGE_ID_NACK", size=8)
def decode_message_id_nack(body: bytes) -> MessageIdNack:
    """Read a MESSAGE_ID_NACK; RFC 2961 4.3: flags without a meaning are ignored."""
    word, message_id = _EPOCH_AND_ID.unpack(body)
    return MessageIdNack(word & _EPOCH_MASK, message_id, bool(word & _RECOVERY_PATH))


@decodes(ClassNum.MESSAGE_ID_LIST, 1, "MESSAGE_ID LIST")
def decode_message_id_list(body: bytes) -> MessageIdList:
    """Read a MESSAGE_ID LIST."""
    word = _list_word(body, _WORD.size)
    message_ids = unpack_from(f"!{len(body) // 4 - 1}I", body, 4)
    return MessageIdList(word & _EPOCH_MASK, message_ids, bool(word & _RECOVERY_PATH))


@decodes(ClassNum.MESSAGE_ID_LIST, 2, "MESSAGE_ID SRC_LIST IPv4")
def decode_src_list_ipv4(body: bytes) -> MessageIdSrcList:
    """Read a MESSAGE_ID SRC_LIST of C-Type 2."""
    return _src_list(body, _SOURCE_ENTRY[IPV4_BYTES])


@decodes(ClassNum.MESSAGE_ID_LIST, 3, "MESSAGE_ID SRC_LIST IPv6")
def decode_src_list_ipv6(body: bytes) -> MessageIdSrcList:
    """Read a MESSAGE_ID SRC_LIST of C-Type 3."""
    return _src_list(body, _SOURCE_ENTRY[IPV6_BYTES])


@decodes(ClassNum.MESSAGE_ID_LIST, 4, "MESSAGE_ID MCAST_LIST IPv4")
def decode_mcast_list_ipv4(body: bytes) -> MessageIdMcastList:
    """Read a MESSAGE_ID MCAST_LIST of C-Type 4."""
    return _mcast_list(body, _MULTICAST_ENTRY[IPV4_BYTES])


@decodes(ClassNum.MESSAGE_ID_LIST, 5, "MESSAGE_ID MCAST_LIST IPv6")
def decode_mcast_list_ipv6(body: bytes) -> MessageIdMcastList:
    """Read a MESSAGE_ID MCAST_LIST of C-Type 5."""
    return _mcast_list(body, _MULTICAST_ENTRY[IPV6_BYTES])


def _src_list(body: bytes, entry: Struct) -> MessageIdSrcList:
    epoch = _list_word(body, entry.size) & _EPOCH_MASK
    rows = entry.iter_unpack(body[4:])
    return MessageIdSrcList(epoch, tuple(SourceMessageId(i, Address(s)) for i, s in rows))


def _mcast_list(body: bytes, entry: Struct) -> MessageIdMcastList:
    epoch = _list_word(body, entry.size) & _EPOCH_MASK
    rows = entry.iter_unpack(body[4:])
    return MessageIdMcastList(
        epoch, tuple(MulticastMessageId(i, Address(s), Address(d)) for i, s, d in rows)
    )


def _list_word(body: bytes, entry_bytes: int) -> int:
    """Flags and epoch of a list; RFC 2961 5.1: one or more entries follow, and nothing else."""
    listed_bytes = len(body) - _WORD.size
    if listed_bytes < entry_bytes or listed_bytes % entry_bytes:
        raise DecodeError(
            f"a MESSAGE_ID list of {len(body)} bytes does not hold whole entries of {entry_bytes}"
        )
    word: int = _WORD.unpack_from(body)[0]
    return word
