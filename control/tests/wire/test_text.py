import sys
from dataclasses import dataclass
from math import inf

import pytest
from hypothesis import given

from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import (
    Adspec,
    ControlledLoadFragment,
    GeneralFragment,
    GuaranteedFragment,
    OpaqueFragment,
    Overrides,
)
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.diagnostics import DiagResponse
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, FlowLabelSelector
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.identity import AuthAttribute, AuthData
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Message
from p4rsvp.wire.objects import RecurringObject, WireObject
from p4rsvp.wire.opaque import NullObject, Opaque
from p4rsvp.wire.policy import PolicyContents, PolicyData
from p4rsvp.wire.policy_elements import OpaqueElement, PreemptionPriority
from p4rsvp.wire.refresh import MessageIdList
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Scope, Style
from p4rsvp.wire.text import MESSAGE_NAMES, message_name, object_lines, to_text
from p4rsvp.wire.text.core import describe
from p4rsvp.wire.text.rfc2205 import dscp
from p4rsvp.wire.tspec import SenderTspec, Tspec

from .samples import MESSAGES
from .strategies import messages

HOST = Address.parse("192.0.2.1")
HOST6 = Address.parse("2001:db8::1")


def lines(item: WireObject) -> list[str]:
    return [text for _, text in object_lines([item])]


def test_a_path_reads_at_a_glance() -> None:
    assert to_text(MESSAGES["path"]) == (
        "Path  Send_TTL 63\n"
        "  MESSAGE_ID       epoch 0xabcdef  id 41  ACK desired\n"
        "  SESSION          233.252.0.7:5004/udp\n"
        "  RSVP_HOP         192.0.2.2  LIH 0x00000003\n"
        "  TIME_VALUES      refresh every 30 s\n"
        "  SENDER_TEMPLATE  192.0.2.1:5004\n"
        "  SENDER_TSPEC     r 125 kB/s (1 Mbit/s)  b 3 kB  p 250 kB/s (2 Mbit/s)"
        "  m 64 B  M 1500 B\n"
        "  ADSPEC           3 IntServ hops  bandwidth 125 MB/s (1 Gbit/s)  latency 700 us"
        "  MTU 1500 B\n"
        "                   guaranteed  Ctot 12 kB  Dtot 800 us  Csum 3 kB  Dsum 200 us\n"
        "                   controlled load"
    )


def test_a_resv_of_style_ff_shows_each_flowspec_before_its_filter() -> None:
    assert to_text(MESSAGES["resv FF"]) == (
        "Resv  Send_TTL 0\n"
        "  MESSAGE_ID_ACK  epoch 0xabcdef  id 40  acknowledged\n"
        "  MESSAGE_ID_ACK  epoch 0xabcdef  id 39  NACK: not known\n"
        "  SESSION         192.0.2.1:80/tcp\n"
        "  RSVP_HOP        192.0.2.2  LIH 0x00000003\n"
        "  TIME_VALUES     refresh every 30 s\n"
        "  RESV_CONFIRM    to 192.0.2.1\n"
        "  STYLE           FF (fixed filter)\n"
        "  FLOWSPEC        guaranteed\n"
        "                  r 125 kB/s (1 Mbit/s)  b 3 kB  p 250 kB/s (2 Mbit/s)  m 64 B  M 1500 B\n"
        "                  R 150 kB/s (1.2 Mbit/s)  slack 20 us\n"
        "  FILTER_SPEC     192.0.2.1:5004\n"
        "  FLOWSPEC        controlled load\n"
        "                  r 125 kB/s (1 Mbit/s)  b 3 kB  p 250 kB/s (2 Mbit/s)  m 64 B  M 1500 B\n"
        "  FILTER_SPEC     192.0.2.2"
    )


def test_the_messages_of_a_bundle_stand_under_their_names() -> None:
    text = to_text(MESSAGES["bundle"]).splitlines()
    assert text[0] == "Bundle  Send_TTL 0"
    assert [line.split()[0] for line in text if line[2] != " "][1:] == ["Path", "Resv", "Ack"]


def test_every_message_type_has_the_name_that_its_rfc_gives_it() -> None:
    assert set(MESSAGE_NAMES) == set(MessageType)
    assert message_name(99) == "type 99"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (Session(HOST, 17, 0), "192.0.2.1/udp"),
        (Session(HOST6, 6, 80), "[2001:db8::1]:80/tcp"),
        (Session(HOST, 200, 7, flags=1), "192.0.2.1:7/protocol 200  E_Police"),
        (Session(HOST, 17, 7, flags=0x81), "192.0.2.1:7/udp  E_Police, flags 0x80"),
        (FilterSpec(FlowLabelSelector(HOST6, 0x12)), "2001:db8::1  flow label 0x00012"),
        (
            ErrorSpec(HOST, 1, 2, flags=3),
            (
                "admission control failure: requested bandwidth unavailable  (code 1, value 2)"
                "  at 192.0.2.1  InPlace, NotGuilty"
            ),
        ),
        (TimeValues(1500), "refresh every 1.5 s"),
        (Style(0x3), "unknown, option vector 0x000003"),
        (Scope((HOST,) * 20), f"senders {', '.join(['192.0.2.1'] * 12)} and 8 more"),
        (
            MessageIdList(1, tuple(range(13))),
            "epoch 0x000001  ids 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 1 more",
        ),
        (Opaque(20 << 8 | 1, bytes(4)), "C-Type 1  4 bytes 00000000"),
        (Opaque(1 << 8 | 7, bytes(4)), "LSP_TUNNEL_IPv4  4 bytes 00000000"),
        (NullObject(0, b"ab"), "2 bytes 6162"),
        (
            OpaqueFlowspec(bytes(40)),
            f"of a service that is not known  40 bytes {' '.join(['00000000'] * 8)} ...",
        ),
    ],
)
def test_an_object_is_one_line(item: WireObject, text: str) -> None:
    assert lines(item) == [text]


def test_rates_without_a_limit_and_packets_of_any_size_are_unlimited() -> None:
    item = SenderTspec(Tspec(0.0, 0.0, inf, 0, 2**31 - 1))
    assert lines(item) == ["r 0 B/s (0 bit/s)  b 0 B  p unlimited  m 0 B  M unlimited"]


@pytest.mark.rfc("2210", "3.3.5")
def test_an_adspec_shows_broken_services_overrides_and_what_it_does_not_know() -> None:
    item = Adspec(
        GeneralFragment(1, 0.0, 2**32 - 1, 1500, break_bit=True),
        GuaranteedFragment(None, break_bit=True),
        ControlledLoadFragment(overrides=Overrides(path_mtu_bytes=576)),
        (OpaqueFragment(9, break_bit=False, data=bytes(4)),),
    )
    assert lines(item) == [
        "1 IntServ hop  bandwidth unknown  latency unknown  MTU 1500 B",
        "a hop without integrated services lies on the path",
        "guaranteed  not at every hop",
        "controlled load  MTU 576 B",
        "service 9  4 bytes 00000000",
    ]


def test_the_objects_inside_a_diagnostic_response_stand_under_it() -> None:
    flowspec = Flowspec(Service.CONTROLLED_LOAD, Tspec(1.0, 1.0, inf, 0, 0))
    item = DiagResponse(0x0001_8000, HOST, HOST, HOST, 1, 3, 30, (Hop(HOST), flowspec), error=3)
    assert lines(item) == [
        "in 192.0.2.1  out 192.0.2.1  previous hop 192.0.2.1  no path state, packet too big",
        "arrived at 1.500 s (of NTP, modulo 65536)  1 IP hop away  K 3  R 30 s",
        "RSVP_HOP 192.0.2.1  LIH 0x00000000",
        "FLOWSPEC controlled load",
        "  r 1 B/s (8 bit/s)  b 1 B  p unlimited  m 0 B  M 0 B",
    ]


def test_policy_is_opened() -> None:
    contents = PolicyContents(
        (Hop(HOST), TimeValues(60_000)),
        (
            PreemptionPriority(5, 7),
            AuthData(2, (AuthAttribute(1, 1, b"CN=Joe"), AuthAttribute(2, 3, bytes(4)))),
            OpaqueElement(9),
        ),
    )
    assert lines(contents.pack()) == [
        "option RSVP_HOP 192.0.2.1  LIH 0x00000000",
        "option TIME_VALUES refresh every 60 s",
        "PREEMPTION_PRI  preempting 5  defending 7  merged by HIGHEST_QOS",
        "AUTH_USER POLICY_LOCATOR ASCII_DN 'CN=Joe'",
        "AUTH_USER CREDENTIAL KERBEROS_TKT 4 bytes 00000000",
        "P-Type 9 empty, which deletes",
    ]


def test_policy_that_is_not_well_formed_is_shown_as_bytes_with_the_reason() -> None:
    assert lines(PolicyData(b"\0\2\0\0")) == [
        "not well formed: the data offset 2 points outside the POLICY_DATA at byte 0",
        "4 bytes 00020000",
    ]


def test_what_a_terminal_would_obey_is_escaped() -> None:
    name = AuthAttribute(1, 1, b"\x1b[31m\r\xff")
    contents = PolicyContents((), (AuthData(2, (name,)),))
    assert lines(contents.pack()) == ["AUTH_USER POLICY_LOCATOR ASCII_DN '\\x1b[31m\\r\\xff'"]


@dataclass(frozen=True, slots=True)
class Newcomer(WireObject):
    """An object for which nobody has written a renderer."""

    first_thing: int
    nested: Hop
    some: tuple[bytes, ...]
    class_num = 250


def test_an_object_without_a_renderer_names_its_fields() -> None:
    (line,) = object_lines([Newcomer(3, Hop(HOST), (b"ab", HOST))])
    assert line.label == "class 250"
    assert line.text == (
        "first thing 3  nested RSVP_HOP 192.0.2.1  LIH 0x00000000  some 2 bytes 6162, 192.0.2.1"
    )


@given(messages)
def test_every_message_has_a_text_without_control_characters(message: Message) -> None:
    text = to_text(message).splitlines()
    assert all(line.isprintable() for line in text)
    assert len(text) > len(message.grammar.objects(message))


@pytest.mark.parametrize("name", MESSAGES)
def test_every_sample_has_a_text_of_short_lines(name: str) -> None:
    text = to_text(MESSAGES[name]).splitlines()
    assert max(map(len, text)) <= 120


def test_every_object_that_we_read_has_a_renderer_of_its_own() -> None:
    default = describe.dispatch(object)
    # A dataclass with slots is made anew: its first form is a subclass too, under the same name.
    bases = (WireObject, RecurringObject)
    kinds = {(kind.__module__, kind.__name__) for base in bases for kind in base.__subclasses__()}
    ours = {getattr(sys.modules[m], name) for m, name in kinds if m.startswith("p4rsvp.wire.")}
    assert len(ours) > 20
    ours.remove(RecurringObject)
    assert not [kind for kind in ours if describe.dispatch(kind) is default]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 (CS0)"), (46, "46 (EF)"), (48, "48 (CS6)"), (34, "34 (AF41)"), (11, "11"), (7, "7")],
)
def test_a_dscp_has_the_name_of_its_behaviour(value: int, text: str) -> None:
    assert dscp(value) == text
