"""tshark, which we did not write, reads what we send: nothing is malformed, and it says the same.

Every message that the nodes of a few simulated networks sent is looked at once; the sample capture
adds the types that the engine has no occasion for. tshark 4.0 reads an IPv4/UDP SESSION field by
field, others as text only. Message types that it does not know (Diagnostic, RFC 2745; Challenge and
Response, RFC 2747) it takes apart object by object. RSVP in UDP is plain UDP to it.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from scapy.layers.l2 import Ether

from p4rsvp.capture.craft import TimedFrame, Wrapping, craft, write_capture
from p4rsvp.capture.sample import sample_frames
from p4rsvp.capture.survey import Sighting, Survey
from p4rsvp.sim.network import Network
from p4rsvp.sim.run import run_seed
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import TimeValues
from p4rsvp.wire.message import Bundle
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import SenderTspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from p4rsvp.engine.effects import SendPacket
    from p4rsvp.sim.machine import Machine
    from p4rsvp.wire.objects import WireObject

pytestmark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not on the PATH")

SEEDS = (3, 5, 8)
FIELDS = (
    "rsvp.msg",
    "rsvp.session.ip",
    "rsvp.session.proto",
    "rsvp.session.port",
    "rsvp.refresh_interval",
    "rsvp.error.error_code",
    "rsvp.style.style",
    "rsvp.flowspec.service_header",
    "rsvp.flowspec.token_bucket_rate",
    "rsvp.flowspec.token_bucket_size",
    "rsvp.flowspec.peak_data_rate",
    "rsvp.flowspec.rate",
    "rsvp.tspec.token_bucket_rate",
)
Reading = dict[
    str, list[float | str]
]  # of a frame: each field's values, in the order of the message


def _tshark(capture: Path, *options: str) -> str:
    command = ["tshark", "-r", str(capture), *options]
    # The options are this file's own.
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    return done.stdout


def _theirs(capture: Path) -> list[Reading]:
    """What tshark says of each frame."""
    asked = [argument for field in FIELDS for argument in ("-e", field)]
    table = _tshark(capture, "-T", "fields", "-E", "separator=|", "-E", "aggregator=;", *asked)
    return [
        {
            field: [_value(field, text) for text in cell.split(";")] if cell else []
            for field, cell in zip(FIELDS, line.split("|"), strict=True)
        }
        for line in table.splitlines()
    ]


def _value(field: str, text: str) -> float | str:
    if field == "rsvp.session.ip":
        return text
    return float(int(text, 16)) if text.startswith("0x") else float(text)


def _ours(sighting: Sighting) -> Reading:
    """What we say of the same frame."""
    message = sighting.examined.message
    reading: Reading = {field: [] for field in FIELDS}
    if sighting.datagram.udp_ports or message is None:
        return reading
    messages = message.messages if isinstance(message, Bundle) else (message,)
    types = [MessageType.BUNDLE] if isinstance(message, Bundle) else []
    reading["rsvp.msg"] = [*types, *(part.type for part in messages)]
    for part in messages:
        for item in part.grammar.objects(part):
            for field, value in _said_of(item):
                reading[field].append(value)
    return reading


def _said_of(item: WireObject) -> Iterator[tuple[str, float | str]]:
    """The fields of one object, by tshark's names; tshark prints floats with six digits."""
    match item:
        case Session() if item.destination.version == 4:
            yield "rsvp.session.ip", str(item.destination)
            yield "rsvp.session.proto", item.protocol
            yield "rsvp.session.port", item.port
        case TimeValues():
            yield "rsvp.refresh_interval", item.refresh_period_ms
        case ErrorSpec():
            yield "rsvp.error.error_code", item.code
        case Style():
            yield "rsvp.style.style", item.options
        case Flowspec():
            yield "rsvp.flowspec.service_header", item.service
            yield "rsvp.flowspec.token_bucket_rate", _rounded(item.tspec.token_rate_bytes_per_s)
            yield "rsvp.flowspec.token_bucket_size", _rounded(item.tspec.bucket_bytes)
            yield "rsvp.flowspec.peak_data_rate", _rounded(item.tspec.peak_rate_bytes_per_s)
            if item.rspec:
                yield "rsvp.flowspec.rate", _rounded(item.rspec.rate_bytes_per_s)
        case SenderTspec():
            yield "rsvp.tspec.token_bucket_rate", _rounded(item.tspec.token_rate_bytes_per_s)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _sent_in(seed: int, monkeypatch: pytest.MonkeyPatch) -> list[TimedFrame]:
    """Every different message that a node of this simulated network sent."""
    sent: dict[bytes, SendPacket] = {}
    carry = Network._send

    def note(network: Network, machine: Machine, packet: SendPacket) -> None:
        sent.setdefault(packet.data, packet)
        carry(network, machine, packet)

    monkeypatch.setattr(Network, "_send", note)
    assert run_seed(seed).failure == ""
    ways = [
        Wrapping(one.source, one.destination, one.ttl, one.router_alert) for one in sent.values()
    ]
    frames = map(craft, sent, ways)
    return [TimedFrame(number, frame) for number, frame in enumerate(frames)]


def _agree(capture: Path) -> set[float | str]:
    """Hold the two readers together; the types of message that they read."""
    with capture.open("rb") as stream:
        ours = [_ours(sighting) for sighting in Survey(stream) if isinstance(sighting, Sighting)]
    theirs = _theirs(capture)
    assert ours == theirs
    assert _tshark(capture, "-Y", "_ws.malformed") == ""
    return {kind for reading in theirs for kind in reading["rsvp.msg"]}


def test_it_agrees_on_the_sample_capture(tmp_path: Path) -> None:
    capture = tmp_path / "sample.pcap"
    with capture.open("wb") as stream:
        write_capture(stream, sample_frames())
    assert _agree(capture) == set(MessageType)


def test_it_agrees_on_all_that_simulated_nodes_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = tmp_path / "simulated.pcap"
    frames = [frame for seed in SEEDS for frame in _sent_in(seed, monkeypatch)]
    with capture.open("wb") as stream:
        write_capture(stream, frames)
    # No simulated sender gives cause for a PathErr; the sample has one.
    assert _agree(capture) == set(range(MessageType.PATH, MessageType.DREQ)) - {
        MessageType.PATH_ERR
    }


def test_it_would_notice_a_length_that_is_wrong(tmp_path: Path) -> None:
    capture = tmp_path / "broken.pcap"
    frames = list(sample_frames())
    frame = bytes(frames[2].frame)
    session = frame.rindex(b"\x00\x0c\x01\x01")
    broken = frame[:session] + b"\x00\xfc" + frame[session + 2 :]
    with capture.open("wb") as stream:
        write_capture(stream, [TimedFrame(0, Ether(broken))])
    with pytest.raises(AssertionError):
        _agree(capture)
