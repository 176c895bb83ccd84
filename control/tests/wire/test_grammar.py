"""The shape of RFC 2205's messages:

what must be there, what may, and in which order (3.1.2 to 3.1.9).
"""

from __future__ import annotations

from itertools import permutations

import pytest

from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec, GeneralFragment
from p4rsvp.wire.codes import ClassNum, ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.header import frame
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.integrity import Integrity
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import decode, encode
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
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import NullObject, Opaque
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, Scope, Style
from p4rsvp.wire.tspec import SenderTspec, Tspec

HERE, THERE = Address.parse("192.0.2.1"), Address.parse("198.51.100.9")
SESSION = Session(THERE, 17, 5004)
HOP = Hop(HERE, 3)
TIME = TimeValues(30_000)
TSPEC = Tspec(1000.0, 3000.0, 2000.0, 64, 1500)
SENDER = SenderTspec(TSPEC)
ADSPEC = Adspec(GeneralFragment(1, 1e6, 0, 1500))
ERROR = ErrorSpec(HERE, ErrorCode.ADMISSION_CONTROL_FAILURE, 2)
CONFIRM = ResvConfirm(THERE)
SCOPE = Scope((HERE,))
SMALL, LARGE = (
    Flowspec(Service.CONTROLLED_LOAD, Tspec(rate, 3000.0, 2 * rate, 64, 1500))
    for rate in (1000.0, 2000.0)
)


def template(port: int) -> SenderTemplate:
    return SenderTemplate(PortSelector(HERE, port))


def sender(port: int) -> FilterSpec:
    return FilterSpec(PortSelector(HERE, port))


def raw(message_class: type[Message], *objects: WireObject) -> bytes:
    """A message of these objects in this order, whatever its grammar says of them."""
    return frame(message_class.type, 0, 63, b"".join(item.encode() for item in objects))


def why(data: bytes) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    return caught.value


PATH = (SESSION, HOP, TIME, template(1), SENDER)
RESV = (SESSION, HOP, TIME)


@pytest.mark.rfc("2205", "3.1.3")
@pytest.mark.parametrize("order", list(permutations(PATH))[::17])
def test_the_objects_of_a_path_may_come_in_any_order(order: tuple[WireObject, ...]) -> None:
    assert decode(raw(Path, *order)) == decode(raw(Path, *PATH))


@pytest.mark.rfc("2205", "3.1.3")
def test_a_path_is_written_in_the_order_that_the_rfc_recommends() -> None:
    path = Path(SESSION, HOP, TIME, template(1), SENDER, ADSPEC, send_ttl=63)
    assert encode(path) == raw(Path, *PATH, ADSPEC)


@pytest.mark.rfc("2205", "3.1.2")
@pytest.mark.parametrize("missing", PATH, ids=lambda item: type(item).__name__)
def test_a_path_without_a_required_object_is_malformed(missing: WireObject) -> None:
    error = why(raw(Path, *(item for item in PATH if item is not missing)))
    assert ClassNum(missing.class_num).name in error.sentence


@pytest.mark.rfc("2205", "3.1.3")
def test_integrity_must_come_first() -> None:
    integrity = Integrity(1, 2, bytes(16))
    assert decode(raw(Path, integrity, *PATH)).integrity == integrity  # type: ignore[union-attr]
    assert "INTEGRITY is not the first" in why(raw(Path, *PATH, integrity)).sentence


@pytest.mark.rfc("2205", "3.1.2")
def test_an_object_that_belongs_there_once_may_not_come_twice() -> None:
    error = why(raw(Path, *PATH, HOP))
    assert error.kind == ClassNum.RSVP_HOP << 8 | 1
    assert "twice" in error.sentence


@pytest.mark.rfc("2205", "B")
def test_an_object_that_has_no_place_in_a_message_type_is_malformed_and_not_reported() -> None:
    error = why(raw(Path, *PATH, WF))
    assert error.code == 0
    assert "no place" in error.sentence


@pytest.mark.rfc("2205", "3.1.2")
def test_null_objects_may_stand_anywhere() -> None:
    null = NullObject(7, bytes(8))
    path = decode(raw(Path, null, *PATH[:2], null, *PATH[2:], null))
    assert isinstance(path, Path)
    assert path.session == SESSION


@pytest.mark.rfc("2205", "3.1.4")
@pytest.mark.parametrize(
    ("style", "listed", "flows"),
    [
        (WF, (SMALL,), (FlowDescriptor(SMALL),)),
        (
            FF,
            (SMALL, sender(1), LARGE, sender(2)),
            (FlowDescriptor(SMALL, (sender(1),)), FlowDescriptor(LARGE, (sender(2),))),
        ),
        (
            FF,
            (SMALL, sender(1), sender(2)),
            (FlowDescriptor(SMALL, (sender(1),)), FlowDescriptor(SMALL, (sender(2),))),
        ),
        (SE, (SMALL, sender(1), sender(2)), (FlowDescriptor(SMALL, (sender(1), sender(2))),)),
    ],
)
def test_each_style_has_its_own_flow_descriptor_list(
    style: Style, listed: tuple[WireObject, ...], flows: tuple[FlowDescriptor, ...]
) -> None:
    data = raw(Resv, *RESV, style, *listed)
    resv = decode(data)
    assert isinstance(resv, Resv)
    assert resv.flows == flows
    assert encode(resv) == data


@pytest.mark.rfc("2205", "3.1.4")
@pytest.mark.parametrize(
    ("style", "listed", "sentence"),
    [
        (WF, (), "wants a FLOWSPEC"),
        (WF, (SMALL, LARGE), "wants one FLOWSPEC"),
        (WF, (SMALL, sender(1)), "takes no FILTER_SPEC"),
        (FF, (sender(1),), "has no FLOWSPEC before it"),
        (FF, (SMALL, LARGE, sender(1)), "two FLOWSPECs"),
        (FF, (SMALL, sender(1), LARGE), "has no FILTER_SPEC behind it"),
        (SE, (SMALL,), "at least one FILTER_SPEC"),
        (SE, (sender(1), SMALL), "before any FILTER_SPEC"),
    ],
)
def test_a_flow_descriptor_list_that_its_style_forbids_is_malformed(
    style: Style, listed: tuple[WireObject, ...], sentence: str
) -> None:
    assert sentence in why(raw(Resv, *RESV, style, *listed)).sentence


@pytest.mark.rfc("2205", "3.1.4")
def test_nothing_but_the_flow_descriptor_list_may_stand_behind_the_style() -> None:
    assert "behind the STYLE" in why(raw(Resv, SESSION, HOP, WF, SMALL, TIME)).sentence


@pytest.mark.rfc("2205", "B")
def test_an_unknown_style_is_reported_as_such_with_what_is_needed_to_answer() -> None:
    error = why(raw(Resv, *RESV, Style(0b11111), SMALL))
    assert error.code == ErrorCode.UNKNOWN_STYLE
    assert {SESSION, HOP} <= set(error.objects)


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("class_num", [2, 100])
def test_an_unknown_class_that_must_be_known_refuses_the_message(class_num: int) -> None:
    error = why(raw(Path, *PATH, Opaque(class_num << 8 | 5, bytes(4))))
    assert (error.code, error.value) == (ErrorCode.UNKNOWN_OBJECT_CLASS, class_num << 8 | 5)


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("class_num", [0x80 | 40, 0xC0 | 45])
def test_an_unknown_class_that_may_be_unknown_is_kept_where_it_stood(class_num: int) -> None:
    data = raw(Path, SESSION, Opaque(class_num << 8 | 5, bytes(4)), *PATH[1:])
    path = decode(data)
    assert [placed.object.class_num for placed in path.extras] == [class_num]  # type: ignore[union-attr]
    assert encode(path) == data


@pytest.mark.rfc("2205", "3.10")
def test_an_unknown_c_type_of_a_class_that_we_read_refuses_the_message() -> None:
    error = why(raw(Path, *PATH, Opaque(ClassNum.TIME_VALUES << 8 | 9, bytes(4))))
    assert error.code == ErrorCode.UNKNOWN_OBJECT_C_TYPE
    assert error.value == ClassNum.TIME_VALUES << 8 | 9


@pytest.mark.rfc("2205", "3.1.5")
def test_a_path_tear_may_have_a_sender_descriptor_or_none() -> None:
    assert decode(raw(PathTear, SESSION, HOP)) == PathTear(SESSION, HOP, send_ttl=63)
    whole = PathTear(SESSION, HOP, template(1), SENDER, ADSPEC, send_ttl=63)
    assert decode(raw(PathTear, SESSION, HOP, template(1), SENDER, ADSPEC)) == whole


@pytest.mark.rfc("2205", "3.1.6")
@pytest.mark.parametrize(
    ("style", "listed", "flows"),
    [
        (WF, (), (FlowDescriptor(None),)),
        (FF, (sender(1), sender(2)), tuple(FlowDescriptor(None, (sender(n),)) for n in (1, 2))),
        (SE, (sender(1), sender(2)), (FlowDescriptor(None, (sender(1), sender(2))),)),
    ],
)
def test_a_resv_tear_needs_no_flowspecs(
    style: Style, listed: tuple[WireObject, ...], flows: tuple[FlowDescriptor, ...]
) -> None:
    data = raw(ResvTear, SESSION, HOP, style, *listed)
    tear = decode(data)
    assert isinstance(tear, ResvTear)
    assert tear.flows == flows
    assert encode(tear) == data


@pytest.mark.rfc("2205", "3.1.7")
def test_a_path_err_copies_the_sender_descriptor() -> None:
    data = raw(PathErr, SESSION, ERROR, template(1), SENDER)
    assert decode(data) == PathErr(SESSION, ERROR, template(1), SENDER, send_ttl=63)


@pytest.mark.rfc("2205", "3.1.8")
def test_a_resv_err_carries_scope_style_and_one_error_flow_descriptor() -> None:
    data = raw(ResvErr, SESSION, HOP, ERROR, SCOPE, WF, SMALL)
    flows = (FlowDescriptor(SMALL),)
    assert decode(data) == ResvErr(SESSION, HOP, ERROR, WF, flows, SCOPE, send_ttl=63)


@pytest.mark.rfc("2205", "3.1.9")
def test_a_resv_conf_copies_the_confirm_and_the_flow_descriptors() -> None:
    confirmation = ErrorSpec(HERE, ErrorCode.CONFIRMATION, 0)
    data = raw(ResvConf, SESSION, confirmation, CONFIRM, FF, SMALL, sender(1))
    flows = (FlowDescriptor(SMALL, (sender(1),)),)
    assert decode(data) == ResvConf(SESSION, confirmation, CONFIRM, FF, flows, send_ttl=63)
