"""Messages: what is written is read back, in any accepted order; what is malformed says why."""

from __future__ import annotations

import pytest
from hypothesis import given

from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Message
from tests.wire.strategies import messages


@pytest.mark.rfc("2205", "3.1.2")
@given(messages)
def test_every_message_survives_encoding_and_decoding(message: Message) -> None:
    assert decode(encode(message)) == message


@given(messages)
def test_what_we_write_is_canonical(message: Message) -> None:
    data = encode(message)
    assert encode(decode(data)) == data
