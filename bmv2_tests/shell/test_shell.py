"""p4runtime-shell, which we did not write, on our program: every entity, packets, and errors."""

import queue
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from finsy import P4Schema
from finsy.p4schema import P4MatchType
from packet.target import Target
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from p4rsvp.target.artefacts import P4INFO, PSA
from p4rsvp.target.numbers import (
    PuntReason,
    ServiceClass,
    Verdict,
    punt_cell,
    reservation_cell,
)
from shell.session import RefusedError, Shell

SCHEMA = P4Schema(P4INFO)
COLLECT_TIMEOUT_S = 20.0
SNIFF_S = 2.0  # the shell gathers packets for so long, whatever comes


def _fill(table: str) -> list[str]:
    """Statements that give `entry` a match of each field and its table's first action."""
    described = SCHEMA.tables[table]
    action = next(ref for ref in described.actions if ref.alias != "NoAction")
    lines = [f"entry = TableEntry('{table}')(action='{action.alias}')"]
    for number, field in enumerate(described.match_fields, start=1):
        lpm = field.match_type == P4MatchType.LPM
        value = f"{hex(1 << (field.bitwidth - 1))}/8" if lpm else str(number)
        lines.append(f"entry.match['{field.alias}'] = '{value}'")
    parameters = described.actions[action.alias].params
    lines += [f"entry.action['{parameter.name}'] = '1'" for parameter in parameters]
    return lines


def _read(shell: Shell, entity: str) -> list[str]:
    """What a read of it answers, each entity as the shell writes it."""
    read: list[str] = shell.run(f"[str(one) for one in {entity}.read()]")
    return read


def _number(text: str, field: str) -> int:
    """A field of an entity as the shell writes it; what is 0 is left out there."""
    found = re.search(rf"{field}: (\d+)", text)
    return int(found[1]) if found else 0


def test_it_finds_the_program_that_the_switch_runs(shell: Shell, target: Target) -> None:
    assert sorted(shell.run("[table.name for table in tables]")) == sorted(
        table.name for table in P4Schema(target.program.p4info).tables
    )


@pytest.mark.parametrize("table", sorted(table.alias for table in SCHEMA.tables))
def test_an_entry_of_any_table_is_inserted_read_modified_and_deleted(
    shell: Shell, table: str
) -> None:
    shell.run("\n".join(_fill(table)))
    shell.run("entry.insert()")
    assert shell.run("str(entry)") in _read(shell, f"TableEntry('{table}')")
    shell.run("entry.modify()")
    shell.run("entry.delete()")
    assert shell.run("str(entry)") not in _read(shell, f"TableEntry('{table}')")


def test_meters_are_configured_and_read(shell: Shell) -> None:
    shell.run("meter = MeterEntry('reservation_meter'); meter.index = 7")
    shell.run("meter.cir, meter.cburst, meter.pir, meter.pburst = 125000, 3000, 250000, 6000")
    shell.run("meter.modify()")
    shell.run("again = MeterEntry('reservation_meter'); again.index = 7")
    (read,) = _read(shell, "again")
    assert [_number(read, name) for name in ("cir", "cburst", "pir", "pburst")] == [
        *(125_000, 3000),
        *(250_000, 6000),
    ]


def test_groups_of_replicas_are_inserted_read_modified_and_deleted(shell: Shell) -> None:
    shell.run("group = MulticastGroupEntry(77).add(1, 1).add(2, 2)")
    shell.run("group.insert()")
    (read,) = _read(shell, "MulticastGroupEntry(77)")
    assert read.count("replicas {") == 2
    shell.run("group.add(3, 3).modify()")
    (read,) = _read(shell, "MulticastGroupEntry(77)")
    assert read.count("replicas {") == 3
    shell.run("group.delete()")
    assert read not in _read(shell, "MulticastGroupEntry()")


def test_sessions_of_clones_are_inserted_and_deleted(shell: Shell, target: Target) -> None:
    if target.program is PSA:
        pytest.skip("the switch on DPDK makes no clones")
    shell.run("clone = CloneSessionEntry(9).add(1, 1)")
    shell.run("clone.insert()")
    (read,) = _read(shell, "CloneSessionEntry(9)")
    assert _number(read, "session_id") == 9
    shell.run("clone.delete()")


def test_a_packet_reaches_the_shell_with_where_it_came_from_and_why(
    shell: Shell, target: Target
) -> None:
    before = _counted(shell, "punts", punt_cell(3, PuntReason.ARP))
    request = bytes(Ether(dst="ff:ff:ff:ff:ff:ff") / ARP(pdst="10.0.3.1"))
    _admit(shell, port=3)
    target.inject(3, request)
    with suppress(queue.Empty):  # nothing leaves by a port; a target that is stepped runs now
        target.collect(0.1)
    (punted,) = shell.run(
        "[[list(one.packet.payload), [list(m.value) for m in one.packet.metadata]]"
        f" for one in packet_in.sniff(timeout={SNIFF_S})]"
    )
    payload, (port, interface, reason) = punted
    assert bytes(payload)[: len(request)] == request
    assert (port, interface, reason) == ([3], [3], [PuntReason.ARP])
    assert _counted(shell, "punts", punt_cell(3, PuntReason.ARP)) == before + 1


def test_the_shell_sends_a_packet_out_of_a_port(shell: Shell, target: Target) -> None:
    frame = bytes(Ether(dst="02:00:00:00:02:02", type=0x88B5) / b"from the shell")
    shell.run(
        f"packet_out({frame!r}, egress_port='2', service_class='{ServiceClass.NETWORK_CONTROL:d}')"
        ".send()"
    )
    sent = target.collect(COLLECT_TIMEOUT_S)
    assert (sent.port, sent.frame) == (2, frame)


def test_a_packet_of_a_reservation_that_the_shell_made_is_counted_there(
    shell: Shell, target: Target
) -> None:
    _admit(shell, port=1)
    _admit(shell, port=2)
    for table, match, action, parameters in (
        ("outgoing_interfaces", {"interface": 2}, "leave", _leave()),
        ("next_hops", {"next_hop": 2}, "reach", {"interface": 2, "mac": "02:00:00:00:02:02"}),
        ("ipv4_routes", {"destination": "10.0.2.0/24"}, "route", {"next_hop": 2}),
        ("ipv4_any_source", _FILTER, "reserve", {"reservation": 12, "service_class": 1}),
        ("verdicts", {"service_class": 1, "colour": 0}, "send", {"queue": 4}),
    ):
        _insert(shell, table, match, action, parameters)
    ether = Ether(src="02:00:00:00:01:02", dst="02:00:00:00:00:01")
    target.inject(1, bytes(ether / IP(src="10.0.1.2", dst="10.0.2.2") / UDP(dport=5004) / b"data"))
    assert target.collect(COLLECT_TIMEOUT_S).port == 2
    assert _counted(shell, "reservation_traffic", reservation_cell(12, Verdict.SENT)) == 1


_FILTER = {"interface": 2, "destination": "10.0.2.2", "protocol": 17, "destination_port": 5004}


def _leave() -> Mapping[str, object]:
    mac = "02:00:00:00:00:02"
    return {"port": 2, "mac": mac, "vlan_id": 0, "mtu_bytes": 1500, "shapes": 8}


def _admit(shell: Shell, port: int) -> None:
    mac = f"02:00:00:00:00:{port:02x}"
    parameters = {"interface": port, "mac": mac, "rsvp": 1}
    _insert(shell, "interfaces", {"port": port, "vlan_id": 0}, "admit", parameters)


def _insert(
    shell: Shell,
    table: str,
    match: Mapping[str, object],
    action: str,
    parameters: Mapping[str, object],
) -> None:
    """Insert an entry, spelled as one would type it."""
    shell.run(
        f"entry = TableEntry({table!r})(action={action!r})\n"
        + "".join(f"entry.match[{name!r}] = {str(value)!r}\n" for name, value in match.items())
        + "".join(
            f"entry.action[{name!r}] = {str(value)!r}\n" for name, value in parameters.items()
        )
        + "entry.insert()"
    )


def _counted(shell: Shell, counter: str, cell: int) -> int:
    """The packets that this cell counted."""
    shell.run(f"counter = CounterEntry({counter!r}); counter.index = {cell}")
    (read,) = _read(shell, "counter")
    return _number(read, "packet_count")


def test_a_counter_can_be_set_back(shell: Shell) -> None:
    shell.run("counter = CounterEntry('port_traffic'); counter.index = 9")
    shell.run("counter.packet_count, counter.byte_count = 0, 0")
    shell.run("counter.modify()")
    assert _counted(shell, "port_traffic", 9) == 0


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("TableEntry('no_such_table')", "UserError", "no_such_table"),
        ("TableEntry('ipv4_routes')(action='leave')", "UserError", "leave"),
        (
            (
                "entry = MeterEntry('reservation_meter')\nentry.index = 131072\n"
                "entry.cir, entry.cburst, entry.pir, entry.pburst = 1, 1, 1, 1\nentry.modify()"
            ),
            "P4RuntimeWriteException",
            "At index 0: (OUT_OF_RANGE|UNKNOWN)",  # the latter is bmv2's
        ),
        (
            "\n".join([*_fill("ipv4_spi"), "entry.delete()"]),
            "P4RuntimeWriteException",
            "At index 0: NOT_FOUND",
        ),
        (
            "\n".join([*_fill("ipv4_spi"), "entry.insert()", "entry.insert()"]),
            "P4RuntimeWriteException",
            "At index 0: ALREADY_EXISTS",
        ),
    ],
)
def test_a_mistake_is_answered_by_its_name(shell: Shell, code: str, kind: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says) as refused:
        shell.run(code)
    assert refused.value.kind == kind


@pytest.mark.usefixtures("shell")
def test_a_second_shell_with_a_lower_election_id_only_reads(target: Target, tmp_path: Path) -> None:
    second = Shell(target.grpc_address, tmp_path / "log", election_id=1)
    try:
        second.run("group = MulticastGroupEntry(78).add(1, 1)")
        with pytest.raises(RefusedError, match=r"PERMISSION_DENIED|not primary"):
            second.run("group.insert()")
        assert isinstance(_read(second, "TableEntry('interfaces')"), list)
    finally:
        second.close()
