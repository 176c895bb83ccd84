"""A capture to look at: what passes between two routers, R1 and R2, while RSVP is at work.

Senders lie behind R1, receivers behind R2; all addresses are those kept for documentation. Every
message type is in it, IPv4 and IPv6, each reservation style, and each way in which RSVP travels:
with and without Router Alert, in a VLAN, in MPLS, in UDP, signed. The bytes are the same each
time: the clock starts at a fixed moment.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import replace

from msgspec import structs

from p4rsvp.capture.craft import TimedFrame, Wrapping, craft
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import (
    Adspec,
    ControlledLoadFragment,
    ErrorTerms,
    GeneralFragment,
    GuaranteedFragment,
)
from p4rsvp.wire.codes import AdmissionValue, ErrorCode, HeaderFlag, PolicyValue
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.diagnostics import Diagnostic, DiagResponse, Route
from p4rsvp.wire.encap import GROUP_V4, PU
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.extensions import (
    Ack,
    Drep,
    Dreq,
    HelloMessage,
    IntegrityChallenge,
    IntegrityResponse,
    RecoveryPath,
    Srefresh,
)
from p4rsvp.wire.filter_spec import FilterSpec, GpiSelector, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.identity import AttributeType, AuthAttribute, AuthData, CredentialType, LocatorType
from p4rsvp.wire.integrity import Challenge, Integrity, signed_bytes, with_digest
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import Bundle, encode
from p4rsvp.wire.messages import Message, Path, PathErr, PathTear, Resv, ResvConf, ResvErr, ResvTear
from p4rsvp.wire.policy import PolicyContents
from p4rsvp.wire.policy_elements import ElementType, PreemptionPriority
from p4rsvp.wire.refresh import MessageId, MessageIdAck, MessageIdList
from p4rsvp.wire.restart import Capability, HelloAck, HelloRequest, RestartCap
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF, Scope
from p4rsvp.wire.tspec import SenderTspec, Tspec

_START_NS = 1_767_603_600_000_000_000  # 2026-01-05 09:00:00 UTC
_NS_PER_MS = 1_000_000

_R1, _R2 = Address.parse("198.51.100.1"), Address.parse("198.51.100.2")
_CAMERA, _STUDIO = Address.parse("192.0.2.10"), Address.parse("192.0.2.11")
_VIEWER, _GROUP = Address.parse("203.0.113.20"), Address.parse("233.252.0.7")
_R1_INSIDE = Address.parse("192.0.2.1")
_R1_V6, _R2_V6 = Address.parse("2001:db8:f::1"), Address.parse("2001:db8:f::2")
_CAMERA_V6, _VIEWER_V6 = Address.parse("2001:db8:1::10"), Address.parse("2001:db8:2::20")

_R1_HOP, _R2_HOP = Hop(_R1, 0x101), Hop(_R2, 0x101)
_PERIOD = TimeValues(30_000)
_VIDEO = Tspec(1_250_000.0, 64_000.0, 2_500_000.0, 64, 1_500)
_VOICE = Tspec(10_000.0, 400.0, 10_000.0, 60, 200)
_TRUNK = Tspec(1_000_000_000.0, 1_000_000.0, 1_250_000_000.0, 64, 9_000)
_PATH_SO_FAR = Adspec(
    GeneralFragment(2, 125_000_000.0, 350, 1_500),
    GuaranteedFragment(ErrorTerms(3_000, 240, 3_000, 240)),
    ControlledLoadFragment(),
)
_REDUCES = int(HeaderFlag.REFRESH_REDUCTION_CAPABLE)
_KEY_ID, _KEY = 0x0000_0A0B_0C0D, b"an example, and no secret"

_ACROSS = Wrapping(_R1, _R2, 1)
_BACK = Wrapping(_R2, _R1, 64, macs=(_ACROSS.macs[1], _ACROSS.macs[0]))

_Sent = tuple[int, Message | Bundle, Wrapping]  # milliseconds after the one before


def sample_frames() -> Iterator[TimedFrame]:
    """The frames, each a little later than the one before."""
    now_ns = _START_NS
    for after_ms, message, way in _story():
        now_ns += after_ms * _NS_PER_MS
        yield TimedFrame(now_ns, craft(_encoded(message, way), way))


def _story() -> Iterator[_Sent]:
    yield from _neighbours_meet()
    yield from _one_camera()
    yield from _two_senders_share()
    yield from _a_conference()
    yield from _too_much()
    yield from _not_allowed()
    yield from _ipv6()
    yield from _hosts_without_raw_sockets()
    yield from _signed()
    yield from _diagnosis()
    yield from _refreshes()
    yield from _the_end()


def _encoded(message: Message | Bundle, way: Wrapping) -> bytes:
    """The bytes, with a Send_TTL that agrees with the IP header unless the message has its own."""
    data = encode(structs.replace(message, send_ttl=message.send_ttl or way.ttl))
    if isinstance(message, Bundle) or message.integrity is None:
        return data
    return with_digest(data, hmac.digest(_KEY, signed_bytes(data), "md5"))  # RFC 2747: HMAC-MD5


def _to(src: Address, dst: Address, ttl: int = 62) -> Wrapping:
    """Downstream, from end to end, for routers to look at."""
    return replace(_ACROSS, src=src, dst=dst, ttl=ttl, router_alert=True)


def _sender(src: Address, port: int) -> SenderTemplate:
    return SenderTemplate(PortSelector(src, port))


def _filter(src: Address, port: int) -> FilterSpec:
    return FilterSpec(PortSelector(src, port))


def _load(tspec: Tspec) -> Flowspec:
    return Flowspec(Service.CONTROLLED_LOAD, tspec)


def _neighbours_meet() -> Iterator[_Sent]:
    restart = RestartCap(120_000, 120_000)
    able = Capability(recovery_desired=True, srefresh_capable=True)
    hello = HelloMessage(HelloRequest(0x2A), restart, able, flags=_REDUCES)
    yield 0, hello, _ACROSS
    yield 1, structs.replace(hello, hello=HelloAck(0x51, 0x2A)), replace(_BACK, ttl=1)


_CAMERA_SESSION = Session(_VIEWER, 17, 5004)
_CAMERA_PATH = Path(
    _CAMERA_SESSION,
    _R1_HOP,
    _PERIOD,
    _sender(_CAMERA, 5004),
    SenderTspec(_VIDEO),
    _PATH_SO_FAR,
    message_id=MessageId(0x2A, 1, ack_desired=True),
)
_GUARANTEED = Flowspec(Service.GUARANTEED, _VIDEO, Rspec(1_500_000.0, 500))
_CAMERA_FLOWS = (FlowDescriptor(_GUARANTEED, (_filter(_CAMERA, 5004),)),)


def _one_camera() -> Iterator[_Sent]:
    """A guaranteed reservation of the style FF, asked to be confirmed, marked for DiffServ."""
    yield 100, _CAMERA_PATH, _to(_CAMERA, _VIEWER)
    wanted = Resv(
        _CAMERA_SESSION,
        _R2_HOP,
        _PERIOD,
        FF,
        _CAMERA_FLOWS,
        confirm=ResvConfirm(_VIEWER),
        acks=(MessageIdAck(0x2A, 1),),
        message_id=MessageId(0x51, 1, ack_desired=True),
        extras=(Placed(6, Dclass((46,))),),
    )
    yield 40, wanted, _BACK
    yield 3, Ack(acks=(MessageIdAck(0x51, 1),)), _ACROSS
    confirmed = ErrorSpec(_R1, ErrorCode.CONFIRMATION, 0)
    conf = ResvConf(_CAMERA_SESSION, confirmed, ResvConfirm(_VIEWER), FF, _CAMERA_FLOWS)
    yield 2, conf, _to(_R1, _VIEWER, 64)


def _two_senders_share() -> Iterator[_Sent]:
    """Multicast, style SE. The studio's Path has crossed a router that speaks no RSVP."""
    session = Session(_GROUP, 17, 5004)
    gap = replace(_PATH_SO_FAR, general=GeneralFragment(1, 0.0, 350, 1_500, break_bit=True))
    senders = _sender(_CAMERA, 5004), _sender(_STUDIO, 5006)
    video = SenderTspec(_VIDEO)
    first = Path(session, _R1_HOP, _PERIOD, senders[0], video, _PATH_SO_FAR)
    yield 200, first, _to(_CAMERA, _GROUP)
    second = Path(session, _R1_HOP, _PERIOD, senders[1], video, gap, send_ttl=62)
    yield 20, second, _to(_STUDIO, _GROUP, 61)
    shared = FlowDescriptor(_load(_VIDEO), (_filter(_CAMERA, 5004), _filter(_STUDIO, 5006)))
    yield 30, Resv(session, _R2_HOP, _PERIOD, SE, (shared,)), _BACK


def _a_conference() -> Iterator[_Sent]:
    """Style WF: whoever speaks may use the one reservation; in a VLAN."""
    session = Session(_GROUP, 17, 6000)
    voice = Path(session, _R1_HOP, _PERIOD, _sender(_CAMERA, 6000), SenderTspec(_VOICE))
    yield 150, voice, replace(_to(_CAMERA, _GROUP), vlan=100)
    flows = (FlowDescriptor(_load(_VOICE)),)
    resv = Resv(session, _R2_HOP, _PERIOD, WF, flows, scope=Scope((_CAMERA, _STUDIO)))
    yield 25, resv, replace(_BACK, vlan=100)


def _too_much() -> Iterator[_Sent]:
    """More than the link has: admission control says no."""
    session = Session(_VIEWER, 6, 443)
    trunk = Path(session, _R1_HOP, _PERIOD, _sender(_STUDIO, 0), SenderTspec(_TRUNK), _PATH_SO_FAR)
    yield 300, trunk, _to(_STUDIO, _VIEWER)
    flows = (FlowDescriptor(_load(_TRUNK), (_filter(_STUDIO, 0),)),)
    yield 20, Resv(session, _R2_HOP, _PERIOD, FF, flows), _BACK
    full = ErrorSpec(_R1, ErrorCode.ADMISSION_CONTROL_FAILURE, AdmissionValue.BANDWIDTH_UNAVAILABLE)
    yield 2, ResvErr(session, _R1_HOP, full, FF, flows), replace(_ACROSS, ttl=64)


def _not_allowed() -> Iterator[_Sent]:
    """A Path that says who asks, and is refused for it."""
    identity = AuthData(
        ElementType.AUTH_USER,
        (
            AuthAttribute(AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN, b"OU=Guests, O=Lab"),
            AuthAttribute(AttributeType.CREDENTIAL, CredentialType.ASCII_ID, b"visitor"),
        ),
    )
    policy = (PolicyContents((), (PreemptionPriority(100, 100), identity)).pack(),)
    session, template, voice = Session(_VIEWER, 17, 7000), _sender(_STUDIO, 7000), _VOICE
    path = Path(session, _R1_HOP, _PERIOD, template, SenderTspec(voice), policy=policy)
    yield 250, path, _to(_STUDIO, _VIEWER)
    refused = ErrorSpec(_R2, ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue.ERR_REJECT)
    yield 4, PathErr(session, refused, template, SenderTspec(voice)), _BACK


def _ipv6() -> Iterator[_Sent]:
    session = Session(_VIEWER_V6, 17, 5004)
    template, video = _sender(_CAMERA_V6, 5004), SenderTspec(_VIDEO)
    path = Path(session, Hop(_R1_V6, 0x101), _PERIOD, template, video, _PATH_SO_FAR)
    yield 200, path, _to(_CAMERA_V6, _VIEWER_V6)
    flows = (FlowDescriptor(_load(_VIDEO), (_filter(_CAMERA_V6, 5004),)),)
    resv = Resv(session, Hop(_R2_V6, 0x101), _PERIOD, FF, flows)
    yield 35, resv, replace(_BACK, src=_R2_V6, dst=_R1_V6)


def _hosts_without_raw_sockets() -> Iterator[_Sent]:
    """RFC 2205 appendix C: multicast Path messages of such a host go to G*, in UDP."""
    session = Session(_GROUP, 17, 8000)
    hop, template = Hop(_STUDIO), _sender(_STUDIO, 8000)
    path = Path(session, hop, _PERIOD, template, SenderTspec(_VOICE), send_ttl=16)
    yield 120, path, Wrapping(_STUDIO, GROUP_V4, 1, udp_port=PU)


def _signed() -> Iterator[_Sent]:
    """RFC 2747: a handshake, then a Path of an IPsec flow (RFC 2207) with its digest."""
    cookie = Challenge(_KEY_ID, bytes.fromhex("5eed5eed00c00c1e"))
    yield 180, IntegrityChallenge(cookie), _BACK
    unsigned = Integrity(_KEY_ID, 0x68F0_0000_0001, bytes(16), handshake=True)
    yield 2, IntegrityResponse(cookie, integrity=unsigned), replace(_ACROSS, ttl=64)
    session = GpiSession(_VIEWER, 50, 1)
    template = SenderTemplate(GpiSelector(_CAMERA, 0xC0FFEE01))
    integrity = replace(unsigned, sequence=unsigned.sequence + 1)
    path = Path(session, _R1_HOP, _PERIOD, template, SenderTspec(_VOICE), integrity=integrity)
    yield 15, path, _to(_CAMERA, _VIEWER)


def _diagnosis() -> Iterator[_Sent]:
    """RFC 2745: the viewer wants to know what lies on the way from the camera."""
    question = Diagnostic(
        8, 1, 0x1001, 1_500, 0, _VIEWER, _sender(_CAMERA, 5004), _filter(_VIEWER, 3001)
    )
    yield 400, Dreq(_CAMERA_SESSION, _R2_HOP, question, route=Route()), _BACK
    state = (SenderTspec(_VIDEO), _filter(_CAMERA, 5004), _GUARANTEED)
    answer = DiagResponse(0x1234_8000, _R1_INSIDE, _R1, _CAMERA, 1, 3, 30, state)
    asked = replace(question, hop_count=2)
    drep = Drep(_CAMERA_SESSION, _R1_HOP, asked, responses=(answer,))
    yield 6, drep, Wrapping(_R1, _VIEWER, 64)


def _refreshes() -> Iterator[_Sent]:
    """RFC 2961, half a minute later: a summary in place of messages, several in one; RFC 5063."""
    yield 28_000, Srefresh((MessageIdList(0x2A, (1, 2, 3, 5, 8, 13)),), flags=_REDUCES), _ACROSS
    path = structs.replace(_CAMERA_PATH, send_ttl=62)
    inner = (path, Ack(acks=(MessageIdAck(0x51, 2),), send_ttl=1))
    yield 500, Bundle(messages=inner, flags=_REDUCES), replace(_ACROSS, ttl=64)
    template, video = _sender(_CAMERA, 5004), SenderTspec(_VIDEO)
    yield 40, RecoveryPath(_CAMERA_SESSION, _R2_HOP, _PERIOD, template, video), _BACK


def _the_end() -> Iterator[_Sent]:
    """The viewer leaves, and then the camera, whose last word crosses an MPLS network."""
    yield 9_000, ResvTear(_CAMERA_SESSION, _R2_HOP, FF, _CAMERA_FLOWS), _BACK
    tear = PathTear(_CAMERA_SESSION, _R1_HOP, _sender(_CAMERA, 5004))
    yield 1_000, tear, replace(_to(_CAMERA, _VIEWER), label=29)
