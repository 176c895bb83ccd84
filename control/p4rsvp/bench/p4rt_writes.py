"""How fast a controller can fill a table over P4Runtime: the embedded switch, beside bmv2.

Requests of 500 entries are made and serialised beforehand, and go one after the other through gRPC
over loopback into the table of IPv4 reservations. Client and server are two processes that share
one core, and a rate is by what both got of it. bmv2 (simple_switch_grpc, where it is on the PATH)
gets the same bytes in the same rounds.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import grpc
from finsy.proto import p4i, p4r, p4r_grpc
from google.protobuf import text_format

from p4rsvp.dataplane.p4info import read_p4info
from p4rsvp.machine import cpu_clock
from p4rsvp.p4rt.server import P4RuntimeServer, spare_the_collector
from p4rsvp.processes import LOOPBACK, end, free_ports
from p4rsvp.softswitch.codegen.module import generate
from p4rsvp.softswitch.deviceconfig import json_of
from p4rsvp.softswitch.engine import DEFAULT_SLOT_BYTES
from p4rsvp.softswitch.ir.loader import load_program
from p4rsvp.softswitch.switch import Switch
from p4rsvp.target import bmv2
from p4rsvp.target.artefacts import V1MODEL, Program
from p4rsvp.target.bmv2 import DEVICE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.connection import Connection

    from p4rsvp.bench.measure import Bench
    from p4rsvp.dataplane.control import DataPlane

BATCH: Final = 500
BATCHES: Final = 40
TABLE: Final = "ipv4_five_tuple"
START_S: Final = 30.0


def measure(bench: Bench) -> None:
    """Measure inserts and deletes."""
    bench.say("make the requests")
    batches = 1 if bench.rehearsal else BATCHES
    inserts, deletes = (requests(kind, batches) for kind in ("INSERT", "DELETE"))
    with ExitStack() as stack:
        stack.enter_context(_one_core())
        targets = {"p4runtime": stack.enter_context(softswitch())}
        if bmv2.installed():
            bench.say("start bmv2")
            targets["p4runtime, bmv2"] = stack.enter_context(bmv2_switch())
        else:
            bench.leave_out("p4runtime, bmv2", f"no {bmv2.BINARY} on the PATH")
        runs: dict[str, list[float]] = {}
        for number in range(bench.rounds):
            for place, (name, target) in enumerate(targets.items()):
                bench.say(name, number * len(targets) + place, bench.rounds * len(targets))
                runs.setdefault(f"{name} inserts", []).append(target.rate(inserts))
                runs.setdefault(f"{name} deletes", []).append(target.rate(deletes))
    for name, found in runs.items():
        bench.add(name, "entries/s", found)
    if "p4runtime, bmv2" in targets:
        bench.ratio("p4runtime inserts", "p4runtime, bmv2 inserts")


# --- what is sent ---


def config(program: Program = V1MODEL) -> p4r.ForwardingPipelineConfig:
    """The project's own program, as it is checked in."""
    made = p4r.ForwardingPipelineConfig(p4_device_config=program.device_config.read_bytes())
    text_format.Parse(program.p4info.read_text(), made.p4info)
    return made


def requests(kind: str, batches: int) -> list[bytes]:
    """Serialised requests; no two entries of them are the same."""
    info = config().p4info
    table = next(t for t in info.tables if t.preamble.alias == TABLE)
    action = next(a for a in info.actions if a.preamble.id == table.action_refs[0].id)
    return [
        _request(kind, table, action, range(first, first + BATCH)).SerializeToString()
        for first in range(0, batches * BATCH, BATCH)
    ]


def _request(kind: str, table: p4i.Table, action: p4i.Action, numbers: range) -> p4r.WriteRequest:
    made = p4r.WriteRequest(device_id=DEVICE_ID, election_id=p4r.Uint128(low=1))
    for number in numbers:
        update = made.updates.add(type=p4r.Update.Type.Value(kind))
        entry = update.entity.table_entry
        entry.table_id = table.preamble.id
        for field in table.match_fields:
            value = _spread(number, field.bitwidth)
            entry.match.add(field_id=field.id).exact.value = value
        entry.action.action.action_id = action.preamble.id
        for param in action.params:
            value = _spread(number, min(param.bitwidth, 16))
            entry.action.action.params.add(param_id=param.id, value=value)
    return made


def _spread(number: int, bitwidth: int) -> bytes:
    """A value of this width; those of 16 bits and more tell numbers apart."""
    value = (number * 2_654_435_761 if bitwidth >= 32 else number) & (1 << bitwidth) - 1
    return value.to_bytes((value.bit_length() + 7) // 8 or 1)


# --- to whom it is sent ---


class Target:
    """A P4Runtime server, and this process as its primary controller."""

    def __init__(self, address: str, pid: int, program: Program = V1MODEL) -> None:
        self.pid = pid
        self._channel = grpc.insecure_channel(address)
        grpc.channel_ready_future(self._channel).result(START_S)
        self._outgoing: SimpleQueue[p4r.StreamMessageRequest | None] = SimpleQueue()
        stub: Any = p4r_grpc.P4RuntimeStub(self._channel)
        self._stream = stub.StreamChannel(iter(self._outgoing.get, None))
        arbitration = p4r.MasterArbitrationUpdate(
            device_id=DEVICE_ID, election_id=p4r.Uint128(low=1)
        )
        self._outgoing.put(p4r.StreamMessageRequest(arbitration=arbitration))
        assert next(self._stream).arbitration.status.code == 0, f"not primary at {address}"
        stub.SetForwardingPipelineConfig(
            p4r.SetForwardingPipelineConfigRequest(
                device_id=DEVICE_ID,
                election_id=p4r.Uint128(low=1),
                action=p4r.SetForwardingPipelineConfigRequest.VERIFY_AND_COMMIT,
                config=config(program),
            )
        )
        self._write = self._channel.unary_unary(
            "/p4.v1.P4Runtime/Write", request_serializer=bytes, response_deserializer=bytes
        )

    def write(self, ready: list[bytes]) -> None:
        """Send serialised requests, one after the other."""
        for request in ready:
            self._write(request)

    def rate(self, ready: list[bytes]) -> float:
        """Entries a second, by the processor time of both ends."""
        begin_ns = self._spent_ns()
        self.write(ready)
        return len(ready) * BATCH / (self._spent_ns() - begin_ns) * 1e9

    def _spent_ns(self) -> int:
        return time.process_time_ns() + time.clock_gettime_ns(cpu_clock(self.pid))

    def close(self) -> None:
        """Leave."""
        self._outgoing.put(None)
        self._channel.close()


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process, and those that it starts, on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@contextmanager
def softswitch() -> Iterator[Target]:
    """The embedded switch with its server, without ports."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        assert ours.poll(START_S), "the switch does not start"
        assert process.pid is not None
        target = Target(f"127.0.0.1:{ours.recv()}", process.pid)
        yield target
        target.close()
    finally:
        ours.send("stop")
        process.join()


class _Portless:
    """A device that only holds its program."""

    def load(self, p4info: p4i.P4Info, device_config: bytes) -> Switch:
        generated = generate(load_program(json_of(device_config)), DEFAULT_SLOT_BYTES)
        return Switch(generated, read_p4info(p4info))

    def run(self, plane: DataPlane) -> None:
        """Do as `p4rsvp switch` does; there are no ports to give."""
        spare_the_collector()


def _serve(pipe: Connection) -> None:
    async def until_told() -> None:
        server = P4RuntimeServer(_Portless(), address="127.0.0.1:0", device_id=DEVICE_ID)
        await server.start()
        pipe.send(server.port)
        await asyncio.to_thread(pipe.recv)
        await server.stop()

    asyncio.run(until_told())


@contextmanager
def bmv2_switch(interfaces: Iterable[tuple[int, str]] = ()) -> Iterator[Target]:
    """simple_switch_grpc, with these ports and interfaces."""
    grpc_port, thrift_port = free_ports(2, socket.SOCK_STREAM)
    address = f"{LOOPBACK}:{grpc_port}"
    process = subprocess.Popen(  # noqa: S603 (a fixed command)
        bmv2.command(address, thrift_port, interfaces),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        target = Target(address, process.pid)
        yield target
        target.close()
    finally:
        end(process)
