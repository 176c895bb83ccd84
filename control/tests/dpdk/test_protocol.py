"""protocol.py against protocol.h, which is the letter of the protocol."""

import re
from enum import IntEnum
from pathlib import Path
from struct import Struct

import pytest

from p4rsvp.dataplane.entities import UpdateType
from p4rsvp.dataplane.errors import Status
from p4rsvp.dpdk import protocol
from p4rsvp.dpdk.protocol import Kind, MessageType

HEADER = (Path(__file__).parents[3] / "dpdk" / "src" / "protocol.h").read_text()
SIZES = {"uint8_t": 1, "char": 1, "uint16_t": 2, "uint32_t": 4, "uint64_t": 8}


def number(name: str) -> int:
    """A constant of the header."""
    found = re.search(rf"#define {name}\s+(?:\()?(\w+)", HEADER)
    assert found, name
    return int(found[1].rstrip("u"), 0)


def members(enum: str) -> dict[str, int]:
    """An enum of the header."""
    found = re.search(rf"enum {enum} {{(.*?)}}", HEADER, re.DOTALL)
    assert found, enum
    return {name: int(value) for name, value in re.findall(r"(\w+) = (\d+)", found[1])}


def size_bytes(struct: str) -> int:
    """How long a packed struct of the header is."""
    found = re.search(rf"struct {struct} {{(.*?)\n}} __attribute__", HEADER, re.DOTALL)
    assert found, struct
    body = re.sub(r"/\*.*?\*/", "", found[1], flags=re.DOTALL)
    array = r"struct (\w+) {(.*)} __attribute__\(\(packed\)\) \w+\[(\w+)\];"
    nested = re.search(array, body, re.DOTALL)
    total = 0
    if nested:
        body = body.replace(nested[0], "")
        total = number(nested[3]) * _fields_bytes(nested[2])
    return total + _fields_bytes(body)


def _fields_bytes(body: str) -> int:
    fields = re.findall(r"(\w+) \w+(?:\[(\w+)\])?;", body)
    return sum(SIZES[kind] * (_count(count) if count else 1) for kind, count in fields)


def _count(text: str) -> int:
    return int(text) if text.isdigit() else number(text)


@pytest.mark.parametrize(
    ("layout", "struct"),
    [
        (protocol.HEADER, "message_header"),
        (protocol.HELLO, "hello"),
        (protocol.HELLO_REPLY, "hello_reply"),
        (protocol.WRITE_REQUEST, "write_request"),
        (protocol.RECORD, "record"),
        (protocol.METER_CELL, "meter_cell"),
        (protocol.COUNTER_CELL, "counter_cell"),
        (protocol.REPLICA, "replica"),
        (protocol.READ_REQUEST, "read_request"),
        (protocol.READ_REPLY, "read_reply"),
        (protocol.PACKET, "packet"),
        (protocol.PORT_FRAME, "port_frame"),
        (protocol.SHAPE, "shape"),
        (protocol.PORT_ACCOUNT, "port_account"),
        (protocol.WORKER_ACCOUNT, "worker_account"),
        (protocol.CLOCK_TIME, "clock_time"),
    ],
)
def test_a_layout_is_as_long_as_its_struct(layout: Struct, struct: str) -> None:
    assert layout.size == size_bytes(struct)


@pytest.mark.parametrize(
    ("ours", "prefix", "enum"),
    [
        (MessageType, "MESSAGE_", "message_type"),
        (Kind, "ENTITY_", "entity_kind"),
        (UpdateType, "UPDATE_", "update_operation"),
    ],
)
def test_numbers_have_the_names_of_the_header(ours: type[IntEnum], prefix: str, enum: str) -> None:
    assert {f"{prefix}{one.name}": one.value for one in ours} == members(enum)


def test_every_result_is_a_status() -> None:
    names = {
        "INVALID": "INVALID_ARGUMENT",
        "EXISTS": "ALREADY_EXISTS",
        "FULL": "RESOURCE_EXHAUSTED",
        "PRECONDITION": "FAILED_PRECONDITION",
    }
    for name, value in members("result").items():
        short = name.removeprefix("RESULT_")
        assert Status(value).name == names.get(short, short)


@pytest.mark.parametrize(
    ("ours", "name"),
    [
        (protocol.VERSION, "PROTOCOL_VERSION"),
        (protocol.MAGIC, "PROTOCOL_MAGIC"),
        (protocol.REPLY_BIT, "REPLY_BIT"),
        (protocol.QUEUES, "QUEUES"),
        (protocol.REPLICAS_MAX, "REPLICAS_MAX"),
    ],
)
def test_constants_are_those_of_the_header(ours: int, name: str) -> None:
    assert ours == number(name)
