"""The batch scan and its plain twin give the same answer for every input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.fast.scan import ScanKey, Status
from p4rsvp.fast.scan_plain import scan_plain
from tests.fast.messages import (
    AN_ACK,
    INTEGRITY,
    a_message_id,
    a_path,
    broken_messages,
    links,
    sound_messages,
)
from tests.fast.rows import Received, scan_rows

pytestmark = pytest.mark.kernel

KEY = ScanKey(b"a seed for tests")
HOME = (3, bytes([198, 51, 100, 1]), 63)


def assert_twins_agree(received: list[Received]) -> None:
    assert scan_rows(received, KEY) == [
        scan_plain(message, *link, KEY) for message, link in received
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(sound_messages, links), max_size=5))
def test_the_twins_agree_on_sound_messages(received: list[Received]) -> None:
    assert_twins_agree(received)
    assert all(row.status is Status.OK for row in scan_rows(received, KEY))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(broken_messages(), links), max_size=5))
def test_the_twins_agree_on_broken_messages(received: list[Received]) -> None:
    assert_twins_agree(received)


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=80), links), max_size=5))
def test_the_twins_agree_on_any_bytes(received: list[Received]) -> None:
    assert_twins_agree(received)


def test_the_twins_agree_on_every_truncation() -> None:
    message = a_path(INTEGRITY, AN_ACK, a_message_id())
    for size in range(0, len(message), 32):
        assert_twins_agree(
            [(message[:cut], HOME) for cut in range(size, min(size + 32, len(message)))]
        )


def test_the_twins_agree_on_every_byte_set_to_hostile_values() -> None:
    message = a_path(a_message_id())
    for at in range(len(message)):
        mutants = [
            message[:at] + bytes([value]) + message[at + 1 :] for value in (0, 1, 2, 3, 0x7F, 0xFF)
        ]
        unsummed = [mutant[:2] + b"\0\0" + mutant[4:] for mutant in mutants]
        assert_twins_agree([(mutant, HOME) for mutant in mutants + unsummed])
