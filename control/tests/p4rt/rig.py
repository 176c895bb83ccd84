"""A real server with the real switch behind it, on a loopback port that the system chooses.

`Rig` serves on a thread of its own, so that tests stay plain functions; `Controller` is a client
over the stubs, for what finsy hides. The switch runs its generated code without the jit.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from queue import Queue
from typing import Any, Self, TypeVar

import grpc
from finsy.proto import U128, p4i, p4r, p4r_grpc, rpc_status
from google.protobuf import text_format

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.dataplane.p4info import read_p4info
from p4rsvp.p4rt.limits import Limits
from p4rsvp.p4rt.pipeline import Pipeline
from p4rsvp.p4rt.server import P4RuntimeServer, Tls
from p4rsvp.p4rt.sound import SoundWrites
from p4rsvp.softswitch.codegen.module import generate
from p4rsvp.softswitch.deviceconfig import json_of
from p4rsvp.softswitch.engine import DEFAULT_SLOT_BYTES
from p4rsvp.softswitch.ir.loader import load_program
from p4rsvp.softswitch.switch import Switch

PROGRAMS = Path(__file__).with_name("programs")
DEVICE_ID = 7
PATIENCE_S = 20  # how long a test waits for what has to come; never waited out when it passes

Result = TypeVar("Result")


@cache
def p4info(name: str = "everything") -> p4i.P4Info:
    text = (PROGRAMS / f"{name}.p4info.txtpb").read_text()
    return text_format.Parse(text, p4i.P4Info())


@cache
def bmv2_json(name: str = "everything") -> bytes:
    return (PROGRAMS / f"{name}.json").read_bytes()


@cache
def compiled() -> SoundWrites:
    """Compiles the kernel, where that can take as long as it does on a busy machine."""
    return SoundWrites(p4info())


def config(cookie: int | None = None) -> p4r.ForwardingPipelineConfig:
    made = p4r.ForwardingPipelineConfig(p4info=p4info(), p4_device_config=bmv2_json())
    if cookie is not None:
        made.cookie.cookie = cookie
    return made


def id_of(alias: str) -> int:
    """The id of a table, action, counter... by its alias."""
    info = p4info()
    groups: list[Any] = [
        info.tables,
        info.actions,
        info.action_profiles,
        info.counters,
        info.meters,
        info.registers,
        info.digests,
        info.value_sets,
    ]
    return next(
        int(thing.preamble.id)
        for group in groups
        for thing in group
        if thing.preamble.alias == alias
    )


class Bench:
    """A device with no ports: frames go in and out by hand."""

    def __init__(self) -> None:
        self.switch: Switch | None = None
        self.before_load: Callable[[], None] = lambda: None

    def load(self, info: p4i.P4Info, device_config: bytes) -> Switch:
        self.before_load()
        generated = generate(load_program(json_of(device_config)), DEFAULT_SLOT_BYTES)
        return Switch(generated, read_p4info(info), plain=True)

    def run(self, plane: DataPlane) -> None:
        assert isinstance(plane, Switch)
        self.switch = plane

    @property
    def running(self) -> Switch:
        assert self.switch is not None
        return self.switch


class Rig:
    """The server on its thread."""

    def __init__(
        self, *, tls: Tls | None = None, limits: Limits | None = None, loaded: bool = True
    ) -> None:
        self.device = Bench()
        self._settings = (tls, limits, loaded)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.server: P4RuntimeServer

    def __enter__(self) -> Self:
        compiled()
        self._thread.start()
        self.server = self.call(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> P4RuntimeServer:
        tls, limits, loaded = self._settings
        server = P4RuntimeServer(
            self.device, address="127.0.0.1:0", device_id=DEVICE_ID, tls=tls, limits=limits
        )
        if loaded:
            server.service.start(server.service.pipeline.make(config()))
        await server.start()
        return server

    def call(self, work: Any) -> Any:
        """Run a coroutine on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def pipeline(self) -> Pipeline:
        return self.server.service.pipeline

    def controller(self, election_id: int | None = 1, role: str = "", **more: Any) -> Controller:
        """A controller that has arbitrated."""
        controller = Controller(self.address, election_id, role)
        controller.arbitrate(**more)
        return controller


class Controller:
    """A client with a stream; use it as a context manager, or close it."""

    def __init__(
        self, address: str, election_id: int | None = 1, role: str = "", device_id: int = DEVICE_ID
    ) -> None:
        self.channel = grpc.insecure_channel(
            address, options=(("grpc.max_metadata_size", 1 << 20),)
        )
        self.stub = p4r_grpc.P4RuntimeStub(self.channel)
        self.election_id = election_id
        self.role = role
        self.device_id = device_id
        self._requests: Queue[p4r.StreamMessageRequest | None] = Queue()
        self.stream = self.stub.StreamChannel(iter(self._requests.get, None), timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._requests.put(None)
        self.stream.cancel()
        self.channel.close()

    # --- stream ---

    def send(self, **update: Any) -> None:
        self._requests.put(p4r.StreamMessageRequest(**update))

    def finish(self) -> None:
        """Say nothing more."""
        self._requests.put(None)

    def arbitration(self, role_config: Any = None) -> p4r.MasterArbitrationUpdate:
        message = p4r.MasterArbitrationUpdate(device_id=self.device_id)
        if self.election_id is not None:
            message.election_id.CopyFrom(U128.encode(self.election_id))
        if self.role or role_config is not None:
            message.role.name = self.role
        if role_config is not None:
            message.role.config.Pack(role_config)
        return message

    def ask(self, role_config: Any = None) -> None:
        """Send an arbitration without waiting for its answer."""
        self.send(arbitration=self.arbitration(role_config))

    def arbitrate(self, **more: Any) -> p4r.MasterArbitrationUpdate:
        self.ask(**more)
        return self.arbitrated()

    def receive(self) -> p4r.StreamMessageResponse:
        return next(self.stream)

    def arbitrated(self) -> p4r.MasterArbitrationUpdate:
        """The next message, which has to be about arbitration."""
        message = self.receive()
        assert message.HasField("arbitration"), message
        return message.arbitration

    # --- unary ---

    def request(self, *updates: p4r.Update, atomicity: int = 0) -> p4r.WriteRequest:
        request = p4r.WriteRequest(device_id=self.device_id, role=self.role, updates=updates)
        request.atomicity = atomicity  # type: ignore[assignment]  # also what is no member
        if self.election_id is not None:
            request.election_id.CopyFrom(U128.encode(self.election_id))
        return request

    def write(self, *updates: p4r.Update, atomicity: int = 0) -> None:
        self.stub.Write(self.request(*updates, atomicity=atomicity))

    def insert(self, **entity: Any) -> None:
        self.write(update("INSERT", **entity))

    def modify(self, **entity: Any) -> None:
        self.write(update("MODIFY", **entity))

    def delete(self, **entity: Any) -> None:
        self.write(update("DELETE", **entity))

    def read(self, **entity: Any) -> list[p4r.Entity]:
        return list(self.read_many(p4r.Entity(**entity)))

    def read_many(self, *entities: p4r.Entity) -> Iterator[p4r.Entity]:
        request = p4r.ReadRequest(device_id=self.device_id, role=self.role, entities=entities)
        for response in self.stub.Read(request):
            yield from response.entities

    def set_pipeline(self, action: str, config: p4r.ForwardingPipelineConfig | None = None) -> None:
        request = p4r.SetForwardingPipelineConfigRequest(
            device_id=self.device_id,
            role=self.role,
            action=p4r.SetForwardingPipelineConfigRequest.Action.Value(action),
            config=config,
        )
        if self.election_id is not None:
            request.election_id.CopyFrom(U128.encode(self.election_id))
        self.stub.SetForwardingPipelineConfig(request)


def update(kind: str, **entity: Any) -> p4r.Update:
    return p4r.Update(type=p4r.Update.Type.Value(kind), entity=p4r.Entity(**entity))


def details(error: Any) -> list[p4r.Error]:
    """The p4.v1.Error of each element, out of google.rpc.Status."""
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            status = rpc_status.Status.FromString(value)
            assert status.code == error.code().value[0]
            found = []
            for packed in status.details:
                detail = p4r.Error()
                assert packed.Unpack(detail)
                found.append(detail)
            return found
    return []
