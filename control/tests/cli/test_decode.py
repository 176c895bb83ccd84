import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from p4rsvp.cli import main
from p4rsvp.cli.decode import timestamp
from tests.capture.build import block, interface, pcap, section
from tests.capture.test_survey import RAW_IP, datagram
from tests.wire.samples import ENCODED

ACK_TEXT = """\
#1  2023-11-14 22:13:20.000000Z  Ack  192.0.2.1 -> 192.0.2.2  TTL 63  Send_TTL 0
    MESSAGE_ID_ACK  epoch 0xabcdef  id 40  acknowledged
    MESSAGE_ID_ACK  epoch 0xabcdef  id 39  NACK: not known

1 RSVP message in 1 packet: 1 Ack; all in order
"""
WRONG = b"\x10" + ENCODED["ack"][1:2] + b"\x12\x34" + ENCODED["ack"][4:]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace.pcap"


def decode(*arguments: str | Path, data: bytes | None = None, color: bool = False) -> Result:
    return CliRunner().invoke(main, ["decode", *map(str, arguments)], input=data, color=color)


def test_a_message_is_shown_and_counted(trace: Path) -> None:
    trace.write_bytes(pcap(datagram(ENCODED["ack"]), link_type=RAW_IP))
    result = decode(trace)
    assert result.stdout == ACK_TEXT
    assert not result.stderr
    assert result.exit_code == 0


def test_a_capture_may_come_through_a_pipe() -> None:
    result = decode("-", data=pcap(datagram(ENCODED["ack"]), link_type=RAW_IP))
    assert result.stdout == ACK_TEXT


def test_a_capture_without_rsvp_is_in_order(trace: Path) -> None:
    trace.write_bytes(pcap(bytes(60)))
    result = decode(trace)
    assert result.stdout == "0 RSVP messages in 1 packet; all in order\n"
    assert result.exit_code == 0


def test_a_wrong_message_is_shown_with_its_problem_and_the_status_is_1(trace: Path) -> None:
    trace.write_bytes(pcap(datagram(WRONG), datagram(ENCODED["ack"]), link_type=RAW_IP))
    result = decode(trace)
    assert "    ! checksum 0x1234 is wrong: " in result.stdout
    assert result.stdout.endswith("2 RSVP messages in 2 packets: 2 Ack; 1 fault shown above\n")
    assert result.exit_code == 1


def test_a_file_that_is_cut_short_names_itself_on_the_error_output(trace: Path) -> None:
    trace.write_bytes(pcap(datagram(ENCODED["ack"]), link_type=RAW_IP) + b"\0")
    result = decode(trace)
    assert result.stdout.startswith("#1 ")
    assert result.stderr == (
        f"{trace}: byte 92: the file ends inside a packet's header of 16 bytes, after 1\n"
    )
    assert result.exit_code == 1


def test_what_is_no_capture_has_one_line_and_no_traceback(trace: Path) -> None:
    trace.write_text("hello")
    result = decode(trace)
    assert result.stderr == (
        f"{trace}: neither pcap nor pcapng: it starts with the bytes 68 65 6c 6c\n"
    )
    assert result.exit_code == 1


@pytest.mark.parametrize("arguments", [["no-such-file"], ["."], [], ["--jsno", "x"]])
def test_wrong_usage_has_the_status_2(arguments: list[str]) -> None:
    result = decode(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")


def test_json_is_one_object_a_line_and_nothing_else(trace: Path) -> None:
    trace.write_bytes(pcap(datagram(ENCODED["path"]), datagram(WRONG), link_type=RAW_IP))
    result = decode("--json", trace)
    path, ack = map(json.loads, result.stdout.splitlines())
    assert path["message"]["session"]["destination"] == "233.252.0.7"
    assert ack["problems"]
    assert result.exit_code == 1


def test_the_json_of_a_message_has_these_names() -> None:
    # Programs depend on them: whoever changes this test changes what they read.
    result = decode("--json", "-", data=pcap(datagram(ENCODED["ack"]), link_type=RAW_IP))
    record = json.loads(result.stdout)
    assert record.pop("message")["type"] == "Ack"
    assert record == {
        "number": 1,
        "packet": 1,
        "time": "2023-11-14T22:13:20.000000Z",
        "time_ns": 1_700_000_000_000_000_000,
        "type": "Ack",
        "src": "192.0.2.1",
        "dst": "192.0.2.2",
        "ip_ttl": 63,
        "send_ttl": 0,
        "router_alert": False,
        "e2e_ignore": False,
        "vlans": [],
        "labels": [],
        "tunnels": [],
        "udp_ports": None,
        "fragment_offset_bytes": 0,
        "more_fragments": False,
        "missing_bytes": 0,
        "problems": [],
        "objects": [],
        "parts": [],
    }


def test_the_parts_of_a_broken_bundle_stand_under_their_own_names() -> None:
    broken = bytearray(ENCODED["bundle"])
    broken[8 + 2] ^= 0xFF  # the checksum of the first message
    broken[2:4] = b"\0\0"
    capture = pcap(datagram(bytes(broken)), link_type=RAW_IP)
    text = decode("-", data=capture).stdout
    assert "\n    Path  Send_TTL 63\n        MESSAGE_ID " in text
    assert "\n        ! checksum " in text
    assert "\n    Ack  Send_TTL 0\n" in text
    (record,) = map(json.loads, decode("--json", "-", data=capture).stdout.splitlines())
    assert [part["type"] for part in record["parts"]] == ["Path", "Resv", "Ack"]


def test_what_a_message_was_wrapped_in_stands_in_its_heading() -> None:
    udp = (
        (40000).to_bytes(2) + (1698).to_bytes(2) + (8 + len(ENCODED["ack"])).to_bytes(2) + bytes(2)
    )
    inner = bytearray(datagram(udp + ENCODED["ack"]))
    inner[9] = 17
    outer = bytearray(datagram(bytes(inner)))
    outer[9], outer[15] = 4, 9
    label = bytes.fromhex("0001d140")
    frame = bytes(12) + bytes.fromhex("810000078847") + label + bytes(outer)
    heading = decode("-", data=pcap(frame)).stdout.splitlines()[0]
    assert "VLAN 7  MPLS 29  tunnel 192.0.2.9 -> 192.0.2.2  UDP 40000 -> 1698" in heading


def test_colour_is_for_terminals_that_want_it(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace.write_bytes(pcap(datagram(ENCODED["ack"]), link_type=RAW_IP))
    assert "\x1b[" in decode(trace, color=True).stdout
    assert decode(trace).stdout == ACK_TEXT
    monkeypatch.setenv("NO_COLOR", "1")
    assert decode(trace, color=True).stdout == ACK_TEXT


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "1970-01-01 00:00:00.000000Z"),
        (1_000, "1970-01-01 00:00:00.000001Z"),
        (1, "1970-01-01 00:00:00.000000001Z"),
        (-1_000, "1969-12-31 23:59:59.999999Z"),
        (2**64 * 10**9, "18446744073709551616.000000 s"),
    ],
)
def test_a_time_is_shown_whatever_the_clock_said(time_ns: int, text: str) -> None:
    assert timestamp(time_ns) == text


def test_a_packet_without_a_time_says_so() -> None:
    message = datagram(ENCODED["ack"])
    simple = block(3, len(message).to_bytes(4, "little") + message)
    data = section() + interface(link_type=RAW_IP) + simple
    assert decode("-", data=data).stdout.startswith("#1  no time  Ack  ")
    assert json.loads(decode("--json", "-", data=data).stdout)["time"] is None
