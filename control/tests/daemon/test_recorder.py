"""What a daemon records, and that it can be had again bit for bit."""

from __future__ import annotations

import json
import os
import pickle
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from packet.softswitch import Softswitch

from p4rsvp.cli import main
from p4rsvp.daemon.recorder.frames import Kind, NotARecordingError, Recording, head, record
from p4rsvp.daemon.recorder.player import Player, Step
from p4rsvp.daemon.recorder.tape import NOW, Tape, TapedNode
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.events import (
    InterfaceChanged,
    PacketIn,
    Prefix,
    Route,
    RouteChanged,
    TargetResult,
    TearDown,
    Tick,
)
from p4rsvp.fast.front import Front
from p4rsvp.processes import P4RSVP
from p4rsvp.wire.message import encode
from tests.daemon.files import SWITCH, interface, write
from tests.daemon.rig import Rig, host, router
from tests.daemon.test_daemon import TSPEC, path, reserve, resv

KEY = b"the key of the filter, and none of theirs"[:16]
SEED = 11
SECOND_NS = 1_000_000_000
MANY = 1 << 30


class Recorded:
    """A node that is recorded, and whose time is stepped by hand."""

    def __init__(self, directory: Path, size_bytes: int = MANY) -> None:
        config = read_router(write(directory, SWITCH, interface(1), interface(2)))
        self.config = config
        self.node = TapedNode(config.node)
        self.front = Front(self.node, KEY)
        self.file = directory / "r1.tape"
        self.tape = Tape(self.file, size_bytes, 4, self.front)
        self.now_ns = 1
        for number in (1, 2):
            network = Prefix(router(number), 24)
            self.front.handle(RouteChanged(network, Route((number,))), self.now_ns)

    def receive(self, *packets: PacketIn) -> None:
        self.front.receive(packets, self.now_ns)

    def path(self) -> PacketIn:
        return PacketIn(1, host(1), host(2), 63, True, encode(path()))  # noqa: FBT003

    def resv(self) -> PacketIn:
        return PacketIn(2, host(2), router(2), 255, False, encode(resv(2)))  # noqa: FBT003

    def wait(self, seconds: int) -> None:
        """Let time pass, with all that falls due."""
        until_ns = self.now_ns + seconds * SECOND_NS
        while (due_ns := self.front.deadline()) is not None and due_ns <= until_ns:
            self.now_ns = max(due_ns, self.now_ns)
            self.front.handle(Tick(), self.now_ns)
        self.now_ns = until_ns

    def live(self, rounds: int = 4) -> None:
        """Reserve, refresh, change, and let all time out."""
        self.receive(self.path(), self.resv())
        self.front.handle(TargetResult(1, ok=True), self.now_ns)
        for _ in range(rounds):
            self.wait(30)
            self.receive(self.path(), self.resv())
        slower = self.config.node.interfaces[1]
        self.front.handle(InterfaceChanged(2, None), self.now_ns)
        self.front.handle(InterfaceChanged(2, slower), self.now_ns)
        self.receive(self.path(), self.path(), self.resv())
        self.wait(400)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    made = Recorded(tmp_path)
    yield made
    made.tape.close()


def played(file: Path) -> tuple[Player, list[Step]]:
    player = Player(Recording(file))
    return player, list(player.steps())


def replay(*words: str) -> Result:
    return CliRunner().invoke(main, ["replay", *words])


def test_a_run_is_had_again_bit_for_bit(recorded: Recorded) -> None:
    recorded.live()
    player, steps = played(recorded.file)
    assert len(steps) == recorded.tape.events
    assert all(step.is_as_recorded for step in steps)
    assert player.known_refreshes == recorded.front.known > 0
    assert player.node.counters.traces == recorded.node.counters.traces


def test_it_is_had_again_whatever_the_order_of_hashing(recorded: Recorded) -> None:
    recorded.live()
    for hash_seed in ("1", "2"):
        command = [*P4RSVP, "replay"]
        done = subprocess.run(  # noqa: S603 (our own command line)
            [*command, str(recorded.file)],
            env={
                **os.environ,
                "PYTHONHASHSEED": hash_seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.endswith("all effects are those that were recorded, bit for bit\n")


def test_a_known_refresh_takes_four_bytes_and_no_event(recorded: Recorded) -> None:
    recorded.receive(recorded.path())
    events = recorded.tape.events
    before = recorded.file.stat().st_size
    recorded.now_ns += SECOND_NS
    recorded.receive(*[recorded.path()] * 100)
    assert recorded.tape.events == events
    assert recorded.file.stat().st_size - before == len(record(Kind.KNOWN, NOW.pack(0))) + 400


def test_each_file_of_the_ring_can_be_played_by_itself(tmp_path: Path) -> None:
    made = Recorded(tmp_path, size_bytes=16_384)
    for _ in range(8):
        made.live()
    made.tape.close()
    files = sorted(tmp_path.glob("r1.tape*"))
    assert [file.name for file in files] == ["r1.tape", "r1.tape.1", "r1.tape.2", "r1.tape.3"]
    assert made.tape.segments_begun > 4
    for file in files:
        _, steps = played(file)
        assert steps
        assert all(step.is_as_recorded for step in steps)
    heads = [Recording(file).head["first_event"] for file in files]
    assert heads == sorted(heads, reverse=True)


def test_a_new_run_leaves_the_last_one_for_whoever_looks_for_the_fault(tmp_path: Path) -> None:
    first = Recorded(tmp_path)
    first.live()
    Recorded(tmp_path).tape.close()
    _, steps = played(tmp_path / "r1.tape.1")
    assert len(steps) == first.tape.events


def test_what_a_crash_cut_off_is_left_out(recorded: Recorded) -> None:
    recorded.live()
    whole = recorded.file.read_bytes()
    recorded.file.write_bytes(whole[:-3])
    recording = Recording(recorded.file)
    *_, last = Player(recording).steps()
    assert recording.lost_bytes > 0
    assert last.is_as_recorded is None
    assert "was under way when the recording ended" in replay(str(recorded.file)).output


def test_what_differs_is_named(recorded: Recorded) -> None:
    recorded.live()
    data = recorded.file.read_bytes()
    third = [one for one in Recording(recorded.file).records() if one.kind is Kind.EFFECTS][2]
    other = record(Kind.EFFECTS, bytes(8))
    recorded.file.write_bytes(data[: third.offset] + other + data[third.offset + len(other) :])
    result = replay(str(recorded.file))
    assert result.exit_code == 1
    assert result.output.endswith("event 2 has other effects than were recorded\n")


def test_a_recording_is_played_up_to_a_time_and_as_json(recorded: Recorded) -> None:
    recorded.live()
    result = replay(str(recorded.file), "--until", "20", "--json")
    assert result.exit_code == 0
    told = [json.loads(line) for line in result.output.splitlines()]
    assert all(one["as_recorded"] and one["time_s"] <= 20 for one in told)
    packets = [one["event"] for one in told if one["event"]["type"] == "PacketIn"]
    assert [one["message"]["type"] for one in packets] == ["Path", "Resv"]


def test_a_recording_holds_no_key_and_is_for_its_owner(recorded: Recorded) -> None:
    recorded.live()
    assert stat.S_IMODE(recorded.file.stat().st_mode) == 0o600
    assert KEY not in recorded.file.read_bytes()


def test_a_full_disk_ends_the_recording_and_not_the_node(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(recorded.tape, "_file", full)
    recorded.live()
    assert recorded.tape.error is not None
    assert recorded.node.counters.traces[TraceKind.PATH_EXPIRED]


class Evil:
    """Pickled, it runs a command wherever it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("false",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no recording\n",
        head({"version": 2}),
        head({"first_event": 0, "now_ns": 0}),
        head({"first_event": 0, "now_ns": 0}) + record(Kind.CHECKPOINT, NOW.pack(0), b"\x80\x05N."),
        head({"first_event": 0, "now_ns": 0})
        + record(Kind.CHECKPOINT, NOW.pack(0), pickle.dumps(Evil())),
    ],
    ids=["empty", "text", "newer", "headless", "nothing", "evil"],
)
def test_what_is_no_recording_is_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "some.tape"
    file.write_bytes(data)
    with pytest.raises(NotARecordingError):
        played(file)
    result = replay(str(file))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_the_run_of_a_daemon_with_a_real_switch_is_had_again(
    switch: Softswitch, tmp_path: Path
) -> None:
    recorder = '[recorder]\nfile = "r1.tape"\n'
    with Rig(switch, tmp_path, interface(1), interface(2), recorder) as rig:
        rig.meet(1)
        rig.meet(2)
        reserve(rig)
        rig.receive(1)
        for _ in range(3):
            rig.send(1, path(), host(2), alert=True)
        rig.send(1, path(replace(TSPEC, bucket_bytes=6_000.0)), host(2), alert=True)
        rig.receive(2)  # what has changed, behind what is known
        rig.wait(46 * SECOND_NS)  # refreshes are due, after 1.5 R at the most
    player, steps = played(tmp_path / "r1.tape")
    assert player.known_refreshes == 3
    assert {PacketIn, RouteChanged, TargetResult, Tick} <= {type(step.event) for step in steps}
    assert all(step.is_as_recorded for step in steps)


def test_tearing_down_is_recorded_like_all_else(recorded: Recorded) -> None:
    recorded.receive(recorded.path(), recorded.resv())
    recorded.front.handle(TearDown(), recorded.now_ns)
    _, steps = played(recorded.file)
    assert isinstance(steps[-1].event, TearDown)
    assert steps[-1].is_as_recorded
