"""simple_switch_grpc as a target, without interfaces and so without privileges.

With --dp-grpc-server-addr bmv2 takes its frames from a gRPC stream and puts them there. That
service (behavioral-model's services/dataplane_interface.proto) has one message, described here.
"""

import queue
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from p4rsvp.target.numbers import CPU_PORT
from packet.target import DEVICE_ID, SentFrame

BINARY = "simple_switch_grpc"
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0
LISTS = 8192  # of replicas: two for each of 4096 groups
MEMBERS = 65536


def installed() -> bool:
    """Is bmv2 on the PATH?"""
    return shutil.which(BINARY) is not None


def _frame_message() -> type[Any]:
    """PacketStreamRequest and PacketStreamResponse have the same fields."""
    file = descriptor_pb2.FileDescriptorProto(
        name="dataplane.proto", package="p4.bm", syntax="proto3"
    )
    message = file.message_type.add(name="Frame")
    kinds = descriptor_pb2.FieldDescriptorProto
    for number, (name, kind) in enumerate(
        [
            ("id", kinds.TYPE_UINT64),
            ("device_id", kinds.TYPE_UINT64),
            ("port", kinds.TYPE_UINT32),
            ("packet", kinds.TYPE_BYTES),
        ],
        start=1,
    ):
        message.field.add(name=name, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("p4.bm.Frame"))


Frame = _frame_message()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Bmv2:
    """A simple_switch_grpc process of its own, on loopback."""

    def __init__(self, log: Path) -> None:
        self.grpc_address = f"127.0.0.1:{_free_port()}"
        frames_address = f"127.0.0.1:{_free_port()}"
        self._to_switch: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._from_switch: queue.SimpleQueue[SentFrame] = queue.SimpleQueue()
        self._stream: Any = None
        self._channel = grpc.insecure_channel(frames_address)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [BINARY, *_arguments(self.grpc_address, frames_address)],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_started()
        except grpc.FutureTimeoutError as error:
            self.stop()
            raise RuntimeError(f"{BINARY} did not start: {log.read_text()[-2000:]}") from error

    def inject(self, port: int, frame: bytes) -> None:
        self._open_ports()
        self._to_switch.put(Frame(device_id=DEVICE_ID, port=port, packet=frame))

    def collect(self, timeout_s: float) -> SentFrame:
        self._open_ports()
        return self._from_switch.get(timeout=timeout_s)

    def stop(self) -> None:
        self._to_switch.put(None)
        self._channel.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_started(self) -> None:
        with grpc.insecure_channel(self.grpc_address) as channel:
            grpc.channel_ready_future(channel).result(START_TIMEOUT_S)

    def _open_ports(self) -> None:
        """bmv2 has no ports before it has a program, so the stream waits for the first frame."""
        if self._stream is None:
            self._stream = self._channel.stream_stream(
                "/p4.bm.DataplaneInterface/PacketStream",
                request_serializer=Frame.SerializeToString,
                response_deserializer=Frame.FromString,
            )(iter(self._to_switch.get, None))
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(grpc.RpcError):  # the stream ends when the switch or stop() ends it
            for response in self._stream:
                self._from_switch.put(SentFrame(response.port, response.packet))


def _arguments(grpc_address: str, frames_address: str) -> list[str]:
    return [
        *("--device-id", str(DEVICE_ID), "--no-p4"),
        *("--thrift-port", str(_free_port())),  # its own, so that two switches can run
        "--",
        *("--grpc-server-addr", grpc_address),
        *("--dp-grpc-server-addr", frames_address),
        *("--cpu-port", str(CPU_PORT), "--priority-queues", "8"),
        *("--max-mc-groups", str(LISTS)),
        *("--max-l1-entries", str(MEMBERS), "--max-l2-entries", str(MEMBERS)),
    ]
