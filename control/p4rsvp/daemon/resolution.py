"""ARP (RFC 826) and IPv6's neighbour discovery (RFC 4861) as bytes: what asks and what answers."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from p4rsvp.daemon.frames import (
    ETHERTYPE_IPV6,
    Ends,
    ethernet,
    group_mac,
    ip_start,
    ones_complement,
    pseudo_header,
)
from p4rsvp.wire.address import Address

ETHERTYPE_ARP = 0x0806
BROADCAST = b"\xff" * 6

_ARP = Struct("!HHBBH6s4s6s4s")
_ARP_HEAD = (1, 0x0800, 6, 4)  # Ethernet and IPv4, and the lengths of their addresses
_REQUEST, _REPLY = 1, 2
_IPV6 = Struct("!IHBB16s16s")
_ND = Struct("!BBHI16s")  # type, code, checksum, flags, target
_ICMPV6, _ND_HOP_LIMIT = 58, 255
_SOLICITATION, _ADVERTISEMENT = 135, 136
_SOLICITED, _OVERRIDE, _ROUTER = 1 << 30, 1 << 29, 1 << 31
_SOURCE_LINK, _TARGET_LINK = 1, 2
_OPTION_BYTES = 8
_NO_MAC = bytes(6)


class Heard(NamedTuple):
    """What a neighbour has said."""

    address: Address  # whose link address it tells; unspecified where it tells none
    mac: bytes
    wanted: Address | None  # whose link address it asks for


def request(ends: Ends, source: Address, target: Address) -> bytes:
    """Ask who has `target`: to a known link address, or (BROADCAST) to all who may be it."""
    if target.version == 4:
        body = _ARP.pack(*_ARP_HEAD, _REQUEST, ends.source, source, _NO_MAC, target)
        return ethernet(ends, ETHERTYPE_ARP, body)
    destination = target
    if ends.destination == BROADCAST:
        destination = Address(bytes.fromhex("ff0200000000000000000001ff") + target[13:])
        ends = ends._replace(destination=group_mac(destination))
    option = bytes((_SOURCE_LINK, 1)) + ends.source
    return _discovery(ends, source, destination, _SOLICITATION, 0, target, option)


def reply(ends: Ends, source: Address, heard: Heard) -> bytes:
    """Answer that `source` is here."""
    if source.version == 4:
        body = _ARP.pack(*_ARP_HEAD, _REPLY, ends.source, source, ends.destination, heard.address)
        return ethernet(ends, ETHERTYPE_ARP, body)
    option = bytes((_TARGET_LINK, 1)) + ends.source
    destination, flags = heard.address, _ROUTER | _SOLICITED | _OVERRIDE
    if destination.is_unspecified:  # RFC 4861 7.2.4: whoever tries an address is told with all
        destination, flags = Address.parse("ff02::1"), _ROUTER | _OVERRIDE
        ends = ends._replace(destination=group_mac(destination))
    return _discovery(ends, source, destination, _ADVERTISEMENT, flags, source, option)


def _discovery(
    ends: Ends,
    source: Address,
    destination: Address,
    kind: int,
    flags: int,
    target: Address,
    option: bytes,
) -> bytes:
    length = _ND.size + len(option)
    pseudo = pseudo_header(source, destination, length, _ICMPV6)
    checksum = ones_complement(pseudo + _ND.pack(kind, 0, 0, flags, target) + option)
    message = _ND.pack(kind, 0, checksum, flags, target) + option
    header = _IPV6.pack(6 << 28, length, _ICMPV6, _ND_HOP_LIMIT, source, destination)
    return ethernet(ends, ETHERTYPE_IPV6, header + message)


def read_arp(frame: bytes) -> Heard | None:
    """What an ARP frame says; None where it makes no sense."""
    at = 18 if frame[12:14] == b"\x81\x00" else 14
    if len(frame) < at + _ARP.size:
        return None
    *head, operation, mac, address, _, target = _ARP.unpack_from(frame, at)
    if tuple(head) != _ARP_HEAD or operation not in {_REQUEST, _REPLY}:
        return None
    return Heard(Address(address), mac, Address(target) if operation == _REQUEST else None)


def read_discovery(frame: bytes) -> Heard | None:
    """What a neighbour solicitation or advertisement says (RFC 4861 7.1)."""
    start = ip_start(frame)
    if start is None or len(frame) < start + _IPV6.size or frame[start] >> 4 != 6:
        return None
    _, length, protocol, hop_limit, source, destination = _IPV6.unpack_from(frame, start)
    message = frame[start + _IPV6.size : start + _IPV6.size + length]
    if protocol != _ICMPV6 or hop_limit != _ND_HOP_LIMIT or len(message) < _ND.size:
        return None
    pseudo = pseudo_header(Address(source), Address(destination), len(message), _ICMPV6)
    kind, code, _, _, target = _ND.unpack_from(message)
    if code or ones_complement(pseudo + message):
        return None
    options = message[_ND.size :]
    if kind == _SOLICITATION:
        return Heard(
            Address(source), _option(options, _SOURCE_LINK) or frame[6:12], Address(target)
        )
    mac = _option(options, _TARGET_LINK)
    return Heard(Address(target), mac, None) if kind == _ADVERTISEMENT and mac else None


def _option(options: bytes, kind: int) -> bytes | None:
    """The link address in an option of this kind; each is kind, length in 8 bytes, value."""
    at = 0
    while at + _OPTION_BYTES <= len(options) and options[at + 1]:
        if options[at] == kind:
            return options[at + 2 : at + _OPTION_BYTES]
        at += _OPTION_BYTES * options[at + 1]
    return None
