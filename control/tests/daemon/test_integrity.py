"""A daemon on secured links: what is signed sets up and refreshes, what is not changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from packet.softswitch import Softswitch

from p4rsvp.daemon.frames import Ends, rsvp_frame
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.effects import SendPacket
from p4rsvp.northbound.report import counters
from p4rsvp.security.sequence import Sequence
from p4rsvp.security.signature import is_signed, sign
from p4rsvp.wire.address import Address
from p4rsvp.wire.extensions import IntegrityChallenge, IntegrityResponse
from p4rsvp.wire.integrity import Challenge
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import Message
from p4rsvp.wire.messages import Path as PathMessage
from tests.daemon.files import interface
from tests.daemon.rig import Rig, host, mac, own_mac, router
from tests.daemon.test_daemon import TSPEC, path, resv
from tests.daemon.test_keyfile import KEY, key_file

TABLE = '[integrity]\nkeys = "keys.toml"\nmode = "required"\nhandshake = "{}"\n'
WALL_NS = 1_800_000_000 * 10**9


class SecuredRig(Rig):
    """Its hosts sign what they send."""

    def __init__(
        self, switch: Softswitch, directory: Path, handshake: str = "never", more: str = ""
    ) -> None:
        key_file(directory)
        parts = (TABLE.format(handshake), more, interface(1), interface(2))
        super().__init__(switch, directory, *parts)
        self._sequence = Sequence()
        (self.key,) = self.daemon.config.keys.all

    def signed(self, message: Message) -> bytes:
        return sign(self.key, encode(message), self._sequence.next(WALL_NS))

    def deliver(self, number: int, data: bytes, to: Address, *, alert: bool = False) -> None:
        packet = SendPacket(number, host(number), to, 64, alert, data)
        theirs, ours = (bytes.fromhex(one(number).replace(":", "")) for one in (mac, own_mac))
        ends = Ends(theirs, ours)
        self.inject(number, rsvp_frame(packet, ends))

    def faults(self) -> dict[str, int]:
        found = self.daemon.guarding.guard.faults.counts
        return {fault.title: number for fault, number in found.items()}


@pytest.fixture
def rig(switch: Softswitch, tmp_path: Path) -> Iterator[SecuredRig]:
    with SecuredRig(switch, tmp_path) as made:
        made.meet(1)
        made.meet(2)
        yield made


@pytest.mark.rfc("2747", "4.1")
def test_a_signed_path_goes_on_signed_anew(rig: SecuredRig) -> None:
    came = rig.signed(path())
    rig.deliver(1, came, host(2), alert=True)
    datagram, message = rig.receive(2)
    assert isinstance(message, PathMessage)
    assert is_signed(datagram.data)
    assert datagram.data[28:60] != came[28:60]


@pytest.mark.rfc("2747", "4.2")
def test_an_unsigned_path_changes_nothing(rig: SecuredRig) -> None:
    rig.send(1, path(), host(2), alert=True)
    rig.deliver(1, rig.signed(path()), host(2), alert=True)
    rig.receive(2)  # of the second: the first is through by now
    assert rig.faults() == {"unsigned": 1}
    assert rig.daemon.node.counters.received.total() == 1


@pytest.mark.rfc("2747", "4.2")
def test_a_known_refresh_is_verified_and_never_reaches_the_engine(rig: SecuredRig) -> None:
    rig.deliver(1, rig.signed(path()), host(2), alert=True)
    rig.receive(2)
    again = rig.signed(path())
    for _ in range(2):  # the second is a replay
        rig.deliver(1, again, host(2), alert=True)
    rig.send(1, path(), host(2), alert=True)  # the same, unsigned: no refresh
    larger = replace(TSPEC, token_rate_bytes_per_s=110_000.0)
    rig.deliver(1, rig.signed(path(larger)), host(2), alert=True)
    rig.receive(2)
    assert rig.daemon.front.known == 1
    assert rig.daemon.node.counters.received.total() == 2
    assert rig.faults() == {"replayed": 1, "unsigned": 1}
    assert counters(rig.daemon)["integrity_replayed_messages"] == 1


@pytest.mark.rfc("2747", "4.3")
def test_a_daemon_that_starts_challenges_whom_it_hears(switch: Softswitch, tmp_path: Path) -> None:
    with SecuredRig(switch, tmp_path, "always") as rig:
        rig.meet(1)
        rig.meet(2)
        rig.deliver(1, rig.signed(path()), host(2), alert=True)
        datagram, challenge = rig.receive(1)
        assert isinstance(challenge, IntegrityChallenge)
        assert (datagram.source, datagram.destination) == (router(1), host(1))
        response = IntegrityResponse(challenge=challenge.challenge)
        rig.deliver(1, rig.signed(response), router(1))
        rig.deliver(1, rig.signed(path()), host(2), alert=True)
        _, message = rig.receive(2)
        assert isinstance(message, PathMessage)


@pytest.mark.rfc("2747", "4.3")
def test_a_daemon_answers_challenges(rig: SecuredRig) -> None:
    rig.deliver(1, rig.signed(path()), host(2), alert=True)
    rig.receive(2)
    challenge = IntegrityChallenge(challenge=Challenge(7, b"a cookie"))
    rig.send(1, challenge, router(1))
    _, response = rig.receive(1)
    assert isinstance(response, IntegrityResponse)
    assert response.challenge.cookie == b"a cookie"


@pytest.mark.rfc("2747", "5.1")
def test_keys_are_taken_over_from_the_file_while_it_runs(rig: SecuredRig, tmp_path: Path) -> None:
    key_file(tmp_path, KEY + KEY.replace("id = 7", "id = 8"))

    async def reload() -> None:
        assert rig.daemon.reload(read_router(rig.daemon.config.path)) == ()

    rig.call(reload())
    rig.deliver(1, sign(rig.daemon.config.keys.all[1], encode(path()), 5), host(2), alert=True)
    _, message = rig.receive(2)
    assert message.integrity.key_id == 8


@pytest.mark.rfc("2747", "4.2")
def test_a_reservation_stands_on_signed_messages(rig: SecuredRig) -> None:
    rig.deliver(1, rig.signed(path()), host(2), alert=True)
    _, at_receiver = rig.receive(2)
    rig.deliver(2, rig.signed(resv(at_receiver.hop.lih)), router(2))
    datagram, _ = rig.receive(1)
    assert is_signed(datagram.data)
    assert rig.daemon.node.counters.reservation_states == 1
