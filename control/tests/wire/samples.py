"""One well-filled message of each type: where tests of bad input and the fuzzers start from."""

from msgspec.structs import replace

from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec, ControlledLoadFragment, ErrorTerms, GeneralFragment
from p4rsvp.wire.adspec import GuaranteedFragment as Guaranteed
from p4rsvp.wire.aggregate import AggregateSession, GenericAggregateSession, SessionOfInterest
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.diagnostics import Diagnostic, DiagResponse, DiagSelect, Route
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.extensions import (
    Ack,
    Drep,
    Dreq,
    HelloMessage,
    IntegrityChallenge,
    IntegrityResponse,
    Srefresh,
)
from p4rsvp.wire.filter_spec import FilterSpec, GpiSelector, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.identity import AttributeType, AuthAttribute, AuthData, LocatorType
from p4rsvp.wire.integrity import Challenge, Integrity
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import Bundle, encode
from p4rsvp.wire.messages import (
    Message,
    Path,
    PathErr,
    PathTear,
    Resv,
    ResvConf,
    ResvErr,
    ResvTear,
)
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyContents
from p4rsvp.wire.policy_elements import ElementType, PreemptionPriority
from p4rsvp.wire.refresh import (
    MessageId,
    MessageIdAck,
    MessageIdList,
    MessageIdMcastList,
    MessageIdNack,
    MessageIdSrcList,
    MulticastMessageId,
    SourceMessageId,
)
from p4rsvp.wire.restart import Capability, HelloRequest, RestartCap
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF, Scope
from p4rsvp.wire.tspec import SenderTspec, Tspec

_HOST, _OTHER, _GROUP = map(Address.parse, ("192.0.2.1", "192.0.2.2", "233.252.0.7"))
_HOST6, _GROUP6 = map(Address.parse, ("2001:db8::1", "ff0e::db8:7"))
_TSPEC = Tspec(125_000.0, 3_000.0, 250_000.0, 64, 1_500)
_ADSPEC = Adspec(
    GeneralFragment(3, 1.25e8, 700, 1_500),
    Guaranteed(ErrorTerms(12_000, 800, 3_000, 200)),
    ControlledLoadFragment(),
)
_LOAD = Flowspec(Service.CONTROLLED_LOAD, _TSPEC)
_GUARANTEED = Flowspec(Service.GUARANTEED, _TSPEC, Rspec(150_000.0, 20))
_INTEGRITY = Integrity(0x0123_4567_89AB, 7, bytes(16), handshake=True)
_ID = MessageId(0xABCDEF, 41, ack_desired=True)
_ACKS = (MessageIdAck(0xABCDEF, 40), MessageIdNack(0xABCDEF, 39))
_HOP, _HOP6, _PERIOD = Hop(_OTHER, 3), Hop(_HOST6, 4), TimeValues(30_000)
_FILTER, _FILTER_2 = FilterSpec(PortSelector(_HOST, 5_004)), FilterSpec(PortSelector(_OTHER, 0))
_FULL = ErrorSpec(_OTHER, ErrorCode.ADMISSION_CONTROL_FAILURE, 2)
_EXPLICIT_ROUTE = Placed(3, Opaque(20 << 8 | 1, bytes.fromhex("0108c0000201200081080a0000011800")))
_USER = AuthAttribute(AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN, b"CN=Joe")
_POLICY = PolicyContents(
    (Hop(_OTHER), _PERIOD, Scope((_HOST,)), _INTEGRITY),
    (PreemptionPriority(5, 7), AuthData(ElementType.AUTH_USER, (_USER,))),
).pack()
_QUESTION = Diagnostic(
    8, 1, 9, 1_500, 0, _OTHER, SenderTemplate(PortSelector(_HOST, 5_004)), _FILTER_2
)
_STATE = (SenderTspec(_TSPEC), _FILTER, _GUARANTEED)
_ANSWER = DiagResponse(0x1234_8000, _HOST, _OTHER, _HOST, 1, 3, 30, _STATE)

_PATH = Path(
    Session(_GROUP, 17, 5_004),
    _HOP,
    _PERIOD,
    SenderTemplate(PortSelector(_HOST, 5_004)),
    SenderTspec(_TSPEC),
    _ADSPEC,
    send_ttl=63,
    message_id=_ID,
)
_RESV = Resv(
    Session(_GROUP6, 17, 5_004),
    _HOP6,
    _PERIOD,
    WF,
    (FlowDescriptor(_LOAD),),
    scope=Scope((_HOST6, Address.parse("2001:db8::2"))),
)

MESSAGES: dict[str, Message | Bundle] = {
    "path": _PATH,
    "path of IPsec, signed": Path(
        GpiSession(_HOST6, 50, 9),
        _HOP6,
        _PERIOD,
        SenderTemplate(GpiSelector(_HOST6, 0x1234)),
        SenderTspec(_TSPEC),
        integrity=_INTEGRITY,
        extras=(_EXPLICIT_ROUTE,),
    ),
    "path with policy": replace(_PATH, policy=(_POLICY,)),
    "path of an aggregate": Path(
        GenericAggregateSession(_HOST, 0xB800, 1, _OTHER),
        _HOP,
        _PERIOD,
        SenderTemplate(PortSelector(_HOST, 0)),
        SenderTspec(_TSPEC),
        extras=(Placed(3, SessionOfInterest(GenericAggregateSession(_HOST, 0, 0, _OTHER))),),
    ),
    "resv WF": _RESV,
    "resv FF": Resv(
        Session(_HOST, 6, 80),
        _HOP,
        _PERIOD,
        FF,
        (FlowDescriptor(_GUARANTEED, (_FILTER,)), FlowDescriptor(_LOAD, (_FILTER_2,))),
        confirm=ResvConfirm(_HOST),
        acks=_ACKS,
    ),
    "resv SE": Resv(
        AggregateSession(_HOST, 46),
        _HOP,
        _PERIOD,
        SE,
        (FlowDescriptor(_GUARANTEED, (_FILTER, _FILTER_2)),),
        extras=(Placed(3, Dclass((46, 34))),),
    ),
    "path error": PathErr(
        Session(_HOST, 17, 5_004),
        _FULL,
        SenderTemplate(PortSelector(_HOST, 5_004)),
        SenderTspec(_TSPEC),
        _ADSPEC,
    ),
    "resv error": ResvErr(
        Session(_HOST, 17, 5_004), _HOP, _FULL, FF, (FlowDescriptor(_GUARANTEED, (_FILTER,)),)
    ),
    "path tear": PathTear(Session(_HOST, 17, 0), _HOP, SenderTemplate(PortSelector(_HOST, 0))),
    "resv tear": ResvTear(
        Session(_HOST, 17, 5_004), _HOP, SE, (FlowDescriptor(None, (_FILTER, _FILTER_2)),)
    ),
    "resv confirmation": ResvConf(
        Session(_HOST, 17, 5_004),
        ErrorSpec(_OTHER, ErrorCode.CONFIRMATION, 0),
        ResvConfirm(_HOST),
        WF,
        (FlowDescriptor(_LOAD),),
    ),
    "diagnostic request": Dreq(
        Session(_HOST, 17, 5_004), _HOP, _QUESTION, DiagSelect((0x0C02,)), Route((_OTHER,))
    ),
    "diagnostic reply": Drep(
        Session(_HOST, 17, 5_004), _HOP, _QUESTION, responses=(_ANSWER, _ANSWER)
    ),
    "ack": Ack(acks=_ACKS),
    "summary refresh": Srefresh(
        (
            MessageIdList(0xABCDEF, (40, 41, 42)),
            MessageIdSrcList(0xABCDEF, (SourceMessageId(43, _HOST),)),
            MessageIdMcastList(0xABCDEF, (MulticastMessageId(44, _HOST6, _GROUP6),)),
        ),
        message_id=_ID,
    ),
    "hello": HelloMessage(
        HelloRequest(0x1234), RestartCap(60_000, 120_000), Capability(recovery_desired=True)
    ),
    "challenge": IntegrityChallenge(Challenge(5, bytes(range(8)))),
    "response": IntegrityResponse(Challenge(5, bytes(range(8))), integrity=_INTEGRITY),
    "bundle": Bundle(messages=(_PATH, _RESV, Ack(acks=_ACKS))),
}
ENCODED: dict[str, bytes] = {name: encode(message) for name, message in MESSAGES.items()}
