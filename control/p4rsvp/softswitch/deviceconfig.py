"""The device config as controllers of bmv2 send it: p4c's JSON, bare or in its old envelope.

simple_switch_grpc also takes p4.tmp.P4DeviceConfig { bool reassign = 1; bytes device_data = 3; },
which the P4 tutorials still send; no package carries its stubs, so that its two fields stand here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

_FIELD: Final = descriptor_pb2.FieldDescriptorProto


def json_of(device_config: bytes) -> str:
    """Give the JSON itself; raises ValueError where there is none."""
    if not device_config or device_config.lstrip()[:1] == b"{":
        return device_config.decode()
    envelope: Any = _envelope()()
    try:
        envelope.ParseFromString(device_config)
    except DecodeError as error:
        raise ValueError("p4_device_config is neither JSON nor a P4DeviceConfig") from error
    data: bytes = envelope.device_data
    return data.decode()


@cache
def _envelope() -> type[Message]:
    file = descriptor_pb2.FileDescriptorProto(name="p4rsvp/device.proto", package="p4rsvp")
    message = file.message_type.add(name="P4DeviceConfig")
    message.field.add(name="reassign", number=1, type=_FIELD.TYPE_BOOL, label=_FIELD.LABEL_OPTIONAL)
    message.field.add(
        name="device_data", number=3, type=_FIELD.TYPE_BYTES, label=_FIELD.LABEL_OPTIONAL
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("p4rsvp.P4DeviceConfig"))
