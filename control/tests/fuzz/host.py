"""What a program on a host sends to the agent's socket: a frame, and the call that it is.

Whatever it says, it is refused by one of two exceptions, or is a call that a node can carry out.
"""

import msgspec
from msgspec.structs import replace

from p4rsvp.engine.config import NodeConfig, Role
from p4rsvp.engine.events import ApiRelease, ApiSession
from p4rsvp.engine.node import Node
from p4rsvp.host import protocol, translation
from p4rsvp.host.api import CallError
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import tspec
from tests.engine.rig import S1, UNI, interface, want

_SESSION = UNI.encode()
_ENCODED = msgspec.msgpack.Encoder().encode
_FLOW = want(1, S1)
assert _FLOW.flowspec is not None, "so it is asked for"
SEEDS = {
    "hello": _ENCODED(protocol.Hello()),
    "open": _ENCODED(protocol.Open(request=1, session=_SESSION)),
    "send": _ENCODED(
        protocol.Send(
            request=2,
            app=1,
            objects=SenderTemplate(S1).encode() + SenderTspec(tspec(4)).encode(),
        )
    ),
    "reserve": _ENCODED(
        protocol.Reserve(
            request=3,
            app=1,
            style=FF.encode(),
            flows=(_FLOW.flowspec.encode() + b"".join(one.encode() for one in _FLOW.filters),),
        )
    ),
    "release": _ENCODED(protocol.Release(request=4, app=1)),
    "towards": _ENCODED(protocol.Towards(request=5, destination=bytes(4))),
    "diagnose": _ENCODED(
        protocol.Diagnose(request=6, session=_SESSION, template=SenderTemplate(S1).encode())
    ),
}


def one_input(data: bytes) -> None:
    try:
        frame = protocol.frame_of(data)
        _carry_out(frame)
    except (protocol.ProtocolError, CallError):
        return


def _carry_out(frame: protocol.AnyMessage) -> None:
    """What the agent's server does with it (host/server.py), on a node by itself."""
    node = Node(NodeConfig("host", (interface(1),), Role.HOST))
    node.handle(ApiSession(1, UNI), 0)
    if isinstance(frame, protocol.Open):
        node.handle(ApiSession(2, translation.registration_of(frame).session), 0)
    elif isinstance(frame, protocol.Send):
        node.handle(replace(translation.sender_of(frame), app=1), 0)
    elif isinstance(frame, protocol.Reserve):
        node.handle(replace(translation.reserve_of(frame), app=1), 0)
    elif isinstance(frame, protocol.Towards):
        translation.address(frame.destination)
    elif isinstance(frame, protocol.Diagnose):
        translation.question_of(frame)
    for app in (1, 2):
        node.handle(ApiRelease(app), 0)
    assert not node.sessions
