"""The guard of a node: verifies what comes in by secured interfaces, and signs what goes out.

RFC 2747 with the message types of RFC 3097. It stands between the packets and the engine, in front
of the refresh filter: what it refuses is counted and changes nothing. The order of its checks is
cheap before dear: form, key, lifetime, sequence number, and only then the digest; nothing is kept
of a sender until a digest of its has verified. Pure: both clocks are arguments, `now_ns` for
waiting and `wall_ns`, since 1970, for lifetimes and sequence numbers. What it has to send itself is
in `outbox`.

Messages in transit, which the engine would only pass on as data, are neither verified nor signed:
who sent them and who gets them are no neighbours of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from p4rsvp.engine.config import MOST_MESSAGE_BYTES, NEIGHBOUR_TTL
from p4rsvp.engine.core import Core
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.engine.transit import is_in_transit
from p4rsvp.security.allowance import Allowance
from p4rsvp.security.faults import Fault, Faults
from p4rsvp.security.handshake import Handshakes, Who
from p4rsvp.security.keys import Key, Keys
from p4rsvp.security.sequence import Sequence, Window
from p4rsvp.security.signature import (
    Signature,
    is_signed,
    read_signature,
    sender_address,
    sign,
    signature_bytes,
    verifies,
)
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.extensions import IntegrityChallenge, IntegrityResponse
from p4rsvp.wire.header import HEADER_BYTES
from p4rsvp.wire.integrity import Challenge
from p4rsvp.wire.message import decode, encode

SENDERS_MAX = 65_536
RESPONSES_PER_S = 100  # on each interface: a challenge is unsigned, and its answer costs a digest
RESPONSES_AT_ONCE = 20
_FIELDS_BYTES = 28  # the common header and INTEGRITY up to its digest
_BUNDLE = int(MessageType.BUNDLE)
_CHALLENGE = int(MessageType.INTEGRITY_CHALLENGE)
_RESPONSE = int(MessageType.INTEGRITY_RESPONSE)

Incoming: TypeAlias = tuple[int, bytes, bytes]  # interface, IP source, message


class Mode(Enum):
    """What an interface demands."""

    OFF = "off"  # INTEGRITY is not looked at, and not sent
    ACCEPTED = "accepted"  # what is signed must verify; what is not is taken too
    REQUIRED = "required"  # nothing unsigned is taken, or sent


class Handshake(Enum):
    """Whether a sender whose sequence numbers are unknown has to answer a challenge first."""

    ALWAYS = "always"  # who does not answer challenges (RFC 2747 2.1: HF = 0) is not heard
    OFFERED = "offered"  # who does not is believed from its first message on
    NEVER = "never"  # everybody is


@dataclass(frozen=True, slots=True)
class Rules:
    """What a guard goes by; modes are by interface number, others are `mode`."""

    mode: Mode = Mode.OFF
    modes: Mapping[int, Mode] | None = None
    handshake: Handshake = Handshake.OFFERED
    window_messages: int = 32

    def of(self, interface: int) -> Mode:
        """The mode of an interface."""
        return self.mode if self.modes is None else self.modes.get(interface, self.mode)


class Integrity(NamedTuple):
    """All that an operator says about signed messages."""

    rules: Rules
    keys: Keys


UNSECURED = Integrity(Rules(), Keys())


class _Sender:
    """Somebody who has shown to hold a key."""

    __slots__ = ("key", "window")

    def __init__(self, key: Key, window: Window) -> None:
        self.key = key
        self.window = window


class Guard:
    """Stands before one node."""

    def __init__(self, node: Core, rules: Rules, keys: Keys, seed: bytes) -> None:
        """`seed` is secret, and of this run: the cookies of challenges follow from it."""
        self.rules = rules
        self.keys = keys
        self.faults = Faults()
        self.outbox: list[SendPacket] = []
        self._node = node
        self._sequence = Sequence()
        self._senders: dict[Who, _Sender] = {}
        self._handshakes = Handshakes(seed)
        self._responses: dict[int, Allowance] = {}

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing for it to do, on any interface."""
        modes = self.rules.modes
        return self.rules.mode is Mode.OFF and (
            modes is None or all(mode is Mode.OFF for mode in modes.values())
        )

    # --- in ---

    def admits(self, packet: PacketIn, now_ns: int, wall_ns: int) -> bool:
        """Whether a packet is to reach the engine."""
        one = packet.interface, packet.source, packet.data
        return not self.refused((one,), lambda _: packet.destination, now_ns, wall_ns)

    def refused(
        self,
        messages: Iterable[Incoming],
        destination_of: Callable[[int], Address],
        now_ns: int,
        wall_ns: int,
    ) -> list[int]:
        """Which of these messages are not to reach the engine, by their places."""
        found = []
        for place, (interface, source, data) in enumerate(messages):
            mode = self.rules.of(interface)
            if mode is Mode.OFF:
                continue
            if is_signed(data):
                fault = self._fault(interface, source, data, now_ns, wall_ns)
                if fault is None:
                    continue
            else:
                fault = self._fault_unsigned(mode, interface, source, data, now_ns, wall_ns)
                if fault is None and data[1:2] != _CHALLENGE_BYTE:
                    continue
            destination = destination_of(place)
            if is_in_transit(self._node, data, destination):
                continue
            found.append(place)
            if fault is None:
                fault = self._answer(interface, Address(source), destination, data, now_ns, wall_ns)
            if fault is not None:
                self.faults.note(fault, interface, source, now_ns)
        return found

    def _fault_unsigned(
        self, mode: Mode, interface: int, source: bytes, data: bytes, now_ns: int, wall_ns: int
    ) -> Fault | None:
        """RFC 2747 4.2: only a Challenge needs no INTEGRITY; a Bundle's messages have theirs."""
        kind = data[1] if len(data) > 1 else 0
        if kind == _CHALLENGE:
            return None
        if kind == _BUNDLE:
            return self._bundle_fault(mode, interface, source, data, now_ns, wall_ns)
        if mode is Mode.REQUIRED or kind == _RESPONSE:
            return Fault.UNSIGNED
        return None

    def _bundle_fault(
        self, mode: Mode, interface: int, source: bytes, data: bytes, now_ns: int, wall_ns: int
    ) -> Fault | None:
        """RFC 2961 3.2: each message has its own INTEGRITY. One that fails fails the Bundle."""
        start = HEADER_BYTES
        while start < len(data):
            length = int.from_bytes(data[start + 6 : start + 8])
            part = data[start : start + length]
            if length < HEADER_BYTES or len(part) < length or part[1] in _NEVER_BUNDLED:
                return Fault.MALFORMED
            fault = None
            if is_signed(part):
                fault = self._fault(interface, source, part, now_ns, wall_ns)
            elif mode is Mode.REQUIRED:
                fault = Fault.UNSIGNED
            if fault is not None:
                return fault
            start += length
        # One that holds nothing is signed by nobody.
        return Fault.MALFORMED if start == HEADER_BYTES else None

    def _fault(
        self, interface: int, source: bytes, data: bytes, now_ns: int, wall_ns: int
    ) -> Fault | None:
        """What is wrong with a signed message; if nothing is, its sequence number is used up."""
        signature = read_signature(data)
        if signature is None:
            return Fault.MALFORMED
        end = signature.end
        address = sender_address(data, end) or source
        who = Who(interface, signature.key_id, Address(address))
        sender = self._senders.get(who)
        key = self._key(who) if sender is None else sender.key
        if key is None:
            return Fault.UNKNOWN_KEY
        is_response = data[1] == _RESPONSE
        window = None if sender is None or is_response else sender.window
        fault = self._cheap_fault(key, signature, window, wall_ns)
        if fault is None and is_response and who not in self._handshakes:
            fault = Fault.WRONG_RESPONSE
        if fault is None and not verifies(key, data, end):
            fault = Fault.WRONG_DIGEST
        if fault is not None:
            return fault
        if window is not None:
            window.add(signature.number)
            return None
        if is_response:
            return self._answered(who, key, signature.number, data)
        return self._first(who, key, signature, now_ns)

    def _cheap_fault(
        self, key: Key, signature: Signature, window: Window | None, wall_ns: int
    ) -> Fault | None:
        """What can be wrong with a signature before its digest is computed."""
        if wall_ns not in key.accepts and not self.keys.accepts(key, wall_ns):
            return Fault.EXPIRED_KEY
        if signature.end - _FIELDS_BYTES != key.mac.digest_bytes:
            return Fault.WRONG_LENGTH
        if window is not None and not window.has_room_for(signature.number):
            return Fault.REPLAYED
        return None

    def _key(self, who: Who) -> Key | None:
        interface = self._node.interfaces.get(who.interface)
        return None if interface is None else self.keys.find(who.key_id, interface, who.address)

    # --- handshakes ---

    def _first(self, who: Who, key: Key, signature: Signature, now_ns: int) -> Fault | None:
        """The first message of a sender that verifies."""
        if len(self._senders) >= SENDERS_MAX:
            return Fault.TOO_MANY
        rule = self.rules.handshake
        if rule is Handshake.NEVER or (
            rule is Handshake.OFFERED and not signature.answers_challenges
        ):
            self._senders[who] = _Sender(key, self._window(signature.number))
            return None
        if not signature.answers_challenges:
            return Fault.NO_HANDSHAKE
        if who not in self._handshakes:
            if self._handshakes.is_full:
                return Fault.TOO_MANY
            self._challenge(who, self._handshakes.ask(who, now_ns))
        return Fault.UNCONFIRMED

    def _window(self, number: int) -> Window:
        return Window(number, self.rules.window_messages)

    def _challenge(self, who: Who, challenge: Challenge) -> None:
        message = IntegrityChallenge(challenge=challenge, send_ttl=NEIGHBOUR_TTL)
        self._send(who.interface, who.address, None, encode(message))

    def _answered(self, who: Who, key: Key, number: int, data: bytes) -> Fault | None:
        """A Response has come: from its sequence number on, its sender is believed."""
        try:
            response = decode(data)
        except DecodeError:
            return Fault.MALFORMED
        assert isinstance(response, IntegrityResponse), "its type says so"
        if not self._handshakes.settle(who, response.challenge):
            return Fault.WRONG_RESPONSE
        self._senders[who] = _Sender(key, self._window(number))
        return None

    def _answer(
        self,
        interface: int,
        source: Address,
        destination: Address,
        data: bytes,
        now_ns: int,
        wall_ns: int,
    ) -> Fault | None:
        """Somebody challenges us: answer with a sequence number, at a bounded rate."""
        allowance = self._responses.setdefault(
            interface, Allowance(RESPONSES_PER_S, RESPONSES_AT_ONCE)
        )
        if not allowance.take(now_ns):
            return Fault.TOO_MANY
        try:
            message = decode(data)
        except DecodeError:
            return Fault.MALFORMED
        assert isinstance(message, IntegrityChallenge), "its type says so"
        key = self._key(Who(interface, message.challenge.key_id, source))
        if key is None or not source.is_unicast:
            return Fault.UNKNOWN_KEY
        if wall_ns < key.sends.start_ns:
            return Fault.EXPIRED_KEY
        response = IntegrityResponse(challenge=message.challenge, send_ttl=NEIGHBOUR_TTL)
        signed = sign(key, encode(response), self._sequence.next(wall_ns))
        self._send(interface, source, destination, signed)
        return None

    def _send(self, interface: int, to: Address, own: Address | None, data: bytes) -> None:
        config = self._node.interfaces.get(interface)
        source = own or (None if config is None else config.address_towards(to))
        if source is not None:
            self.outbox.append(
                SendPacket(interface, source, to, NEIGHBOUR_TTL, router_alert=False, data=data)
            )

    def begin(self, now_ns: int, wall_ns: int) -> None:
        """Challenge the neighbours that keys name, so that nothing of theirs is lost later."""
        if self.rules.handshake is Handshake.NEVER:
            return
        for key in self.keys.all:
            if key.neighbour is None or not self.keys.accepts(key, wall_ns):
                continue
            for interface in self._node.interfaces.values():
                who = Who(interface.id, key.id, key.neighbour)
                if (
                    self.rules.of(interface.id) is not Mode.OFF
                    and key.serves(interface, key.neighbour)
                    and interface.address_towards(key.neighbour) is not None
                    and who not in self._senders
                    and who not in self._handshakes
                    and not self._handshakes.is_full
                ):
                    self._challenge(who, self._handshakes.ask(who, now_ns))

    def deadline(self) -> int | None:
        """When `tick` is due."""
        return self._handshakes.deadline()

    def tick(self, now_ns: int) -> None:
        """Repeat what has not been answered."""
        for who, challenge in self._handshakes.due(now_ns):
            self._challenge(who, challenge)

    def take_outbox(self) -> list[SendPacket]:
        """What is to be sent as it is."""
        outbox, self.outbox = self.outbox, []
        return outbox

    # --- out ---

    def signed(self, packet: SendPacket, now_ns: int, wall_ns: int) -> SendPacket | None:
        """A message as it may leave; None: not at all, for want of a key or of room."""
        mode = self.rules.of(packet.interface)
        interface = self._node.interfaces.get(packet.interface)
        if mode is Mode.OFF or packet.in_transit or interface is None:
            return packet
        key = self.keys.signing(interface, packet.destination, wall_ns)
        if key is None:
            if mode is Mode.ACCEPTED:
                return packet
            fault = Fault.NO_KEY
        elif len(packet.data) + signature_bytes(key) <= MOST_MESSAGE_BYTES:
            return replace(packet, data=sign(key, packet.data, self._sequence.next(wall_ns)))
        else:
            fault = Fault.TOO_LONG
        self.faults.note(fault, packet.interface, packet.destination, now_ns)
        return None

    # --- keys ---

    def reload(self, rules: Rules, keys: Keys) -> None:
        """Go by other rules and keys; who signs with a key that stays is known as before."""
        self.rules, self.keys = rules, keys
        self._handshakes.forget_all()
        for who, sender in list(self._senders.items()):
            key = self._key(who)
            if key is None or not sender.key.is_same_secret(key):
                del self._senders[who]
            else:
                sender.key = key


_CHALLENGE_BYTE = bytes((_CHALLENGE,))
_NEVER_BUNDLED = frozenset({_BUNDLE, _CHALLENGE, _RESPONSE})
