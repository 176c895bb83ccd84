"""What can be told of a message, whatever is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.capture.examine import Examined, examine
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.header import frame
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.session import Session
from tests.wire.samples import ENCODED, MESSAGES

CONF = ENCODED["resv confirmation"]
CONF_CLASSES = [1, 6, 15, 8, 9]  # SESSION, ERROR_SPEC, RESV_CONFIRM, STYLE, FLOWSPEC


def patched(data: bytes, at: int, patch: str) -> bytes:
    """A copy with other bytes at one place; the checksum stays what it was."""
    new = bytes.fromhex(patch)
    return data[:at] + new + data[at + len(new) :]


def reframed(data: bytes) -> bytes:
    """The same body under a header that is right."""
    return frame(data[1], data[0] & 0xF, data[4], data[8:])


def classes(examined: Examined) -> list[int]:
    return [item.class_num for item in examined.objects]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_good_message_has_no_problem(name: str) -> None:
    examined = examine(ENCODED[name])
    assert examined.message == MESSAGES[name]
    assert not examined.problems


def test_more_bytes_than_an_rsvp_length_can_say_are_shown_up_to_there() -> None:
    examined = examine(patched(CONF, 6, "0000") + bytes(100_000))
    assert examined.problems[0] == "the RSVP length says 0 bytes, which no message has"
    assert classes(examined)[:5] == CONF_CLASSES


@pytest.mark.rfc("2205", "3.1.1")
def test_a_message_with_a_wrong_checksum_is_shown_with_the_right_one() -> None:
    examined = examine(patched(CONF, 2, "1234"))
    assert examined.message == MESSAGES["resv confirmation"]
    right = int.from_bytes(CONF[2:4])
    assert examined.problems == (f"checksum 0x1234 is wrong: {right:#06x} would be right",)


@pytest.mark.rfc("2205", "3.1.1")
def test_a_checksum_of_zero_is_none_at_all() -> None:
    assert not examine(patched(CONF, 2, "0000")).problems


def test_what_follows_behind_a_message_is_reported_and_left_out() -> None:
    examined = examine(CONF + b"more")
    assert examined.message == MESSAGES["resv confirmation"]
    assert examined.problems == (f"4 bytes follow behind the RSVP length of {len(CONF)}",)


def test_a_message_that_is_cut_short_shows_the_objects_that_are_there() -> None:
    examined = examine(CONF[:-20])
    assert examined.message is None
    assert classes(examined) == CONF_CLASSES[:-1]
    assert examined.problems == (
        f"cut short: the RSVP length says {len(CONF)} bytes, {len(CONF) - 20} are there",
    )


@pytest.mark.parametrize("length", ["0000", "0003", "0007", "002d"])
def test_a_length_that_no_message_has_is_reported(length: str) -> None:
    examined = examine(patched(CONF, 6, length))
    assert examined.problems[0] == (
        f"the RSVP length says {int(length, 16)} bytes, which no message has"
    )
    assert classes(examined)[:2] == CONF_CLASSES[:2] or examined.message is not None


@pytest.mark.parametrize("count", range(8))
def test_less_than_a_header_is_nothing(count: int) -> None:
    examined = examine(CONF[:count])
    assert examined == Examined(problems=(f"{count} bytes are too few for an RSVP header of 8",))


def test_another_version_is_not_guessed_at() -> None:
    examined = examine(patched(CONF, 0, "20"))
    assert (examined.type, examined.problems) == (None, ("RSVP version 2 is not 1",))


def test_an_object_that_is_refused_is_kept_as_its_bytes_and_the_next_ones_are_read() -> None:
    no_destination = reframed(patched(CONF, 12, "00000000"))
    examined = examine(no_destination)
    assert examined.message is None
    assert classes(examined) == CONF_CLASSES
    session, error = examined.objects[:2]
    assert isinstance(session, Opaque)
    assert isinstance(error, ErrorSpec)
    assert examined.problems == (
        "the session's destination address is zero (class 1, C-Type 1) at byte 12",
    )


def test_each_object_that_is_refused_has_a_line() -> None:
    no_addresses = reframed(patched(patched(CONF, 12, "00000000"), 20, "000c0609"))
    assert [problem.split(" (")[0] for problem in examine(no_addresses).problems] == [
        "the session's destination address is zero",
        "the object's C-Type is unknown",
    ]


def test_a_missing_object_is_named_and_the_others_are_shown() -> None:
    examined = examine(reframed(CONF[:20]))
    assert [type(item) for item in examined.objects] == [Session]
    assert "is missing" in examined.problems[0]


def test_an_object_without_a_length_ends_what_can_be_read() -> None:
    examined = examine(reframed(CONF[:20] + bytes(8)))
    assert classes(examined) == [1]
    assert "object length 0" in examined.problems[0]


def bundle(*messages: bytes) -> bytes:
    return frame(MessageType.BUNDLE, 0, 64, b"".join(messages))


@pytest.mark.rfc("2961", "3.2")
def test_the_good_messages_of_a_bundle_are_shown_beside_the_bad_ones() -> None:
    bad = patched(CONF, 12, "00000000")
    examined = examine(bundle(ENCODED["path"], bad, ENCODED["ack"]))
    assert [part.message for part in examined.parts] == [
        MESSAGES["path"],
        None,
        MESSAGES["ack"],
    ]
    assert not examined.problems  # they are the part's
    assert examined.problem_count == len(examined.parts[1].problems) == 2


@pytest.mark.rfc("2961", "3.2")
def test_bundles_inside_bundles_are_not_opened() -> None:
    nested = ENCODED["ack"]
    for _ in range(2000):
        nested = bundle(nested)
    examined = examine(nested)
    assert [part.problems for part in examined.parts] == [("a Bundle inside a Bundle",)]


def test_an_empty_bundle_is_reported() -> None:
    assert "empty" in examine(bundle()).problems[0]


def test_a_bundle_whose_parts_do_not_fit_shows_what_does() -> None:
    examined = examine(bundle(ENCODED["path"], CONF[:40]))
    assert examined.parts[0].message == MESSAGES["path"]
    assert examined.parts[1].problems[0].startswith("cut short")


@given(
    st.sampled_from(sorted(ENCODED)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=5),
    st.integers(0, 400),
)
def test_no_bytes_make_it_raise(name: str, changes: list[tuple[int, int]], count: int) -> None:
    data = bytearray(ENCODED[name][:count] or b"\x10")
    for place, value in changes:
        data[place % len(data)] = value
    examined = examine(bytes(data))
    assert examined.message is not None or examined.problem_count
    assert all(isinstance(item, WireObject) for item in examined.objects)


@pytest.mark.parametrize("name", sorted(ENCODED))
def test_every_truncation_is_a_problem(name: str) -> None:
    data = ENCODED[name]
    assert all(examine(data[:count]).problem_count for count in range(len(data)))
