"""simple_switch_grpc as a target, without interfaces and so without privileges.

With --dp-grpc-server-addr bmv2 takes its frames from a gRPC stream and puts them there. That
service (behavioral-model's services/dataplane_interface.proto) has one message, described here.
"""

import queue
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from p4rsvp.processes import LOOPBACK, end, free_ports
from p4rsvp.target import bmv2
from p4rsvp.target.artefacts import V1MODEL
from packet.target import DEVICE_ID, SentFrame

START_TIMEOUT_S = 20.0


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


class Bmv2:
    """A simple_switch_grpc process of its own, on loopback."""

    program = V1MODEL
    punts_take_turns = False

    def __init__(self, log: Path) -> None:
        grpc_port, frames_port, thrift_port = free_ports(3, socket.SOCK_STREAM)
        self.grpc_address = f"{LOOPBACK}:{grpc_port}"
        frames_address = f"{LOOPBACK}:{frames_port}"
        self._to_switch: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._from_switch: queue.SimpleQueue[SentFrame] = queue.SimpleQueue()
        self._stream: Any = None
        self._channel = grpc.insecure_channel(frames_address)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                bmv2.command(self.grpc_address, thrift_port, frames_address=frames_address),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_started()
        except grpc.FutureTimeoutError as error:
            self.stop()
            raise RuntimeError(f"{bmv2.BINARY} did not start: {log.read_text()[-2000:]}") from error

    def inject(self, port: int, frame: bytes) -> None:
        self._open_ports()
        self._to_switch.put(Frame(device_id=DEVICE_ID, port=port, packet=frame))

    def collect(self, timeout_s: float) -> SentFrame:
        self._open_ports()
        return self._from_switch.get(timeout=timeout_s)

    def counts(self, frame_bytes: int) -> int:
        return frame_bytes

    def stop(self) -> None:
        self._to_switch.put(None)
        self._channel.close()
        end(self._process)

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
