"""The API of a daemon with a real switch, and the commands that ask it."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from packet.softswitch import Softswitch
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from p4rsvp.cli import main
from p4rsvp.cli.show import shown
from p4rsvp.northbound.client import Client, NoDaemonError
from p4rsvp.northbound.server import NorthboundServer
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.messages import PathTear, ResvTear
from tests.daemon.files import interface
from tests.daemon.rig import Rig, host, mac, own_mac
from tests.daemon.test_daemon import reserve

NORTHBOUND = '[northbound]\nsocket = "api.sock"\n'
SESSION = "10.0.2.2/17:5004"


@pytest.fixture
def rig(switch: Softswitch, tmp_path: Path) -> Iterator[Rig]:
    with Rig(switch, tmp_path, interface(1), interface(2), NORTHBOUND) as made:
        made.meet(1)
        made.meet(2)
        server = made.call(serve(made))
        yield made
        made.call(server.stop())


async def serve(rig: Rig) -> NorthboundServer:
    server = NorthboundServer(rig.daemon)
    await server.start()
    return server


def socket(rig: Rig) -> Path:
    return rig.daemon.config.file("api.sock")


def show(rig: Rig, *words: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(
        main, ["show", *words, "--socket", str(socket(rig))]
    )


def clear(rig: Rig, *words: str) -> Result:
    return CliRunner().invoke(main, ["clear", *words, "--socket", str(socket(rig))])


def test_the_socket_is_for_owner_and_group(rig: Rig) -> None:
    assert stat.S_IMODE(socket(rig).stat().st_mode) == 0o660


def test_all_is_told_of_a_reservation(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    rig.settle()
    data = IP(src=str(host(1)), dst=str(host(2))) / UDP(sport=4000, dport=5004)
    rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / data))
    sent = rig.collect()
    with Client(socket(rig)) as client:
        state = client.state()
    assert state.primary
    assert state.settled
    assert list(state.sessions) == [pb.SessionState(session=SESSION, senders=1, reservations=1)]
    (sender,) = state.senders
    assert (sender.incoming_interface, sender.previous_hop) == (1, "10.0.1.2")
    assert list(sender.outgoing_interfaces) == [2]
    (held,) = state.reservations
    assert (held.outgoing_interface, held.style, held.switch_index) == (2, "FF", 1)
    assert (held.service, held.token_rate_bytes_per_s) == ("controlled_load", 100_000)
    assert held.status == held.STATUS_INSTALLED
    assert held.sent == pb.Traffic(packets=1, bytes=len(sent.frame))
    assert {one.address for one in state.neighbors} == {"10.0.1.2", "10.0.2.2"}
    (_, out) = state.interfaces
    assert out.reservations == 1
    assert out.controlled_load.reserved_rate_bytes_per_s == out.reserved_rate_bytes_per_s > 100_000
    assert state.counters["received_path_messages"] == 1


def test_only_the_sections_asked_for_are_told(rig: Rig) -> None:
    with Client(socket(rig)) as client:
        state = client.state(pb.SECTION_NEIGHBORS)
    assert len(state.neighbors) == 2
    assert not state.interfaces
    assert not state.counters


@pytest.mark.parametrize(
    "what", ["sessions", "senders", "reservations", "neighbors", "interfaces", "counters"]
)
def test_each_section_is_shown_as_a_table_and_as_json(rig: Rig, what: str) -> None:
    reserve(rig)
    rig.receive(1)
    table, lines = show(rig, what), show(rig, what, "--json")
    assert (table.exit_code, lines.exit_code) == (0, 0)
    assert json.loads(lines.output)[what]
    expected = {"neighbors": "10.0.1.2", "interfaces": "100 Mbit/s", "counters": "path_states"}
    assert expected.get(what, SESSION) in table.output


def test_facts_are_told_as_they_happen(rig: Rig) -> None:
    with Client(socket(rig)) as client:
        events = client.events()
        reserve(rig)
        rig.receive(1)
        told = [next(events) for _ in range(3)]
    assert [one.kind for one in told] == ["path_new", "resv_new", "installed"]
    assert {one.session for one in told} == {SESSION}


def test_facts_are_shown_with_their_time() -> None:
    told = pb.Event(time_ns=1_000_000_000, kind="refused", fact="no", session=SESSION, detail="why")
    assert shown(told) == f"1970-01-01T00:00:01.000Z  {SESSION}  no  (why)"


def test_an_interface_that_is_down_is_shown_as_down(rig: Rig) -> None:
    rig.call(link_goes_down(rig))
    with Client(socket(rig)) as client:
        first, second = client.state(pb.SECTION_INTERFACES).interfaces
    assert (first.up, list(first.addresses)) == (True, ["10.0.1.1", "2001:db8:1::1"])
    assert not second.up
    assert "down" in show(rig, "interfaces").output


async def link_goes_down(rig: Rig) -> None:
    rig.daemon.apply(rig.daemon.rib.set_link(2, None))


def test_clear_tears_everything_down(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    result = clear(rig, "all", "--yes")
    assert (result.exit_code, result.output) == (0, "torn down: 1 path state, 1 reservation\n")
    assert not rig.daemon.node.sessions


@pytest.mark.rfc("2205", "3.1.6")
def test_one_reservation_is_cleared_and_its_path_stays(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    result = clear(rig, "reservation", SESSION, "2")
    assert result.output == "torn down: 0 path states, 1 reservation\n"
    assert isinstance(rig.receive(1)[1], ResvTear)
    (state,) = rig.daemon.node.sessions.values()
    assert state.psbs
    assert not state.rsbs


@pytest.mark.rfc("2205", "3.1.5")
def test_one_sender_is_cleared_and_the_receiver_is_told(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    with Client(socket(rig)) as client:
        (sender,) = client.state(pb.SECTION_SENDERS).senders
    result = clear(rig, "sender", SESSION, sender.sender)
    assert result.output == "torn down: 1 path state, 0 reservations\n"
    assert isinstance(rig.receive(2)[1], PathTear)
    assert not rig.daemon.node.sessions


def test_what_came_from_one_neighbour_is_cleared(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    assert clear(rig, "neighbor", str(host(2))).output.endswith("0 path states, 1 reservation\n")
    assert clear(rig, "neighbor", str(host(1))).output.endswith("1 path state, 0 reservations\n")


def test_a_session_is_cleared_by_its_name_and_no_other(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    wrong = clear(rig, "session", "10.0.2.2/17:5005")
    assert wrong.exit_code == 1
    assert "there is no session 10.0.2.2/17:5005" in wrong.output
    assert rig.daemon.node.sessions
    assert clear(rig, "session", SESSION).exit_code == 0
    assert not rig.daemon.node.sessions


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sender", SESSION, "nobody"), "there is no sender 'nobody'"),
        (("reservation", SESSION, "9"), "there is no interface 9 that is up; there are 1, 2"),
        (("neighbor", "10.0.9.9"), "no state here is of the neighbor 10.0.9.9"),
        (("neighbor", "r9"), "'r9' is no address"),
    ],
)
def test_what_is_not_there_is_told_and_nothing_is_torn_down(
    rig: Rig, words: tuple[str, ...], sentence: str
) -> None:
    reserve(rig)
    rig.receive(1)
    result = clear(rig, *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert rig.daemon.node.counters.reservation_states == 1


def test_sessions_are_completed_by_the_shell(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    words = f"p4rsvp clear session --socket {socket(rig)} 10."
    env = {"_P4RSVP_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "5"}
    result = CliRunner().invoke(main, env=env, prog_name="p4rsvp")
    assert result.output == f"plain,{SESSION}\n"


def test_without_a_daemon_the_command_says_where_it_looked(tmp_path: Path) -> None:
    missing = tmp_path / "nobody.sock"
    result = CliRunner().invoke(main, ["show", "sessions", "--socket", str(missing)])
    assert result.exit_code == 1
    assert f"no daemon answers at {missing}" in result.output
    with Client(missing) as client, pytest.raises(NoDaemonError):
        client.tear_down(pb.TearDownRequest())
