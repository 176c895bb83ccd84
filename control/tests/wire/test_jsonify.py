import json
from math import inf

import pytest
from hypothesis import given

from p4rsvp.wire.address import Address
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.jsonify import to_json
from p4rsvp.wire.message import Bundle
from p4rsvp.wire.messages import Message
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyContents, PolicyData
from p4rsvp.wire.policy_elements import PreemptionPriority
from p4rsvp.wire.style import FF, Style
from p4rsvp.wire.tspec import SenderTspec, Tspec

from .samples import MESSAGES
from .strategies import messages

HOST = Address.parse("192.0.2.1")


def test_the_names_of_a_resv_stay_as_they_are() -> None:
    # Programs depend on them: whoever changes this test changes what they read.
    assert to_json(MESSAGES["resv FF"]) == {
        "type": "Resv",
        "send_ttl": 0,
        "flags": 0,
        "integrity": None,
        "acks": [
            {
                "object": "MESSAGE_ID_ACK",
                "epoch": 0xABCDEF,
                "message_id": 40,
                "recovery_path": False,
            },
            {
                "object": "MESSAGE_ID_NACK",
                "epoch": 0xABCDEF,
                "message_id": 39,
                "recovery_path": False,
            },
        ],
        "message_id": None,
        "extras": [],
        "session": {
            "object": "SESSION IPv4/UDP",
            "destination": "192.0.2.1",
            "protocol": 6,
            "port": 80,
            "flags": 0,
        },
        "hop": {"object": "RSVP_HOP IPv4", "address": "192.0.2.2", "lih": 3},
        "time_values": {"object": "TIME_VALUES", "refresh_period_ms": 30_000},
        "style": {"object": "STYLE", "options": 10, "flags": 0, "id": "FF"},
        "flows": [
            {
                "flowspec": {
                    "object": "FLOWSPEC intserv",
                    "service": "GUARANTEED",
                    "tspec": TSPEC,
                    "rspec": {"rate_bytes_per_s": 150_000.0, "slack_us": 20},
                },
                "filters": [
                    {
                        "object": "FILTER_SPEC IPv4",
                        "selector": {"source": "192.0.2.1", "port": 5_004},
                    }
                ],
            },
            {
                "flowspec": {
                    "object": "FLOWSPEC intserv",
                    "service": "CONTROLLED_LOAD",
                    "tspec": TSPEC,
                    "rspec": None,
                },
                "filters": [
                    {"object": "FILTER_SPEC IPv4", "selector": {"source": "192.0.2.2", "port": 0}}
                ],
            },
        ],
        "confirm": {"object": "RESV_CONFIRM IPv4", "receiver": "192.0.2.1"},
        "scope": None,
        "policy": [],
    }


TSPEC = {
    "token_rate_bytes_per_s": 125_000.0,
    "bucket_bytes": 3_000.0,
    "peak_rate_bytes_per_s": 250_000.0,
    "min_policed_bytes": 64,
    "max_packet_bytes": 1_500,
}


def test_json_has_no_infinity() -> None:
    plain = to_json(SenderTspec(Tspec(1.0, 1.0, inf, 0, 0)))
    assert '"peak_rate_bytes_per_s": "inf"' in json.dumps(plain, allow_nan=False)


def test_an_error_brings_its_text() -> None:
    assert to_json(ErrorSpec(HOST, 4, 0)) == {
        "object": "ERROR_SPEC IPv4",
        "node": "192.0.2.1",
        "code": 4,
        "value": 0,
        "flags": 0,
        "code_name": "NO_SENDER_INFORMATION",
        "text": "no sender information for this Resv",
    }


@pytest.mark.parametrize(("style", "name"), [(FF, "FF"), (Style(0), None)])
def test_a_style_brings_its_name(style: Style, name: str | None) -> None:
    plain = to_json(style)
    assert isinstance(plain, dict)
    assert plain["id"] == name


def test_an_object_that_is_not_read_brings_its_numbers() -> None:
    assert to_json(Opaque(20 << 8 | 1, b"\1\2\3\4")) == {
        "object": "EXPLICIT_ROUTE C-Type 1",
        "class_num": 20,
        "c_type": 1,
        "data": "01020304",
    }


def test_policy_brings_its_contents_or_what_is_wrong_with_it() -> None:
    good = to_json(PolicyContents((Hop(HOST),), (PreemptionPriority(5, 7),)).pack())
    assert isinstance(good, dict)
    assert good["contents"] == {
        "options": [{"object": "RSVP_HOP IPv4", "address": "192.0.2.1", "lih": 0}],
        "elements": [
            {"preemption_priority": 5, "defending_priority": 7, "strategy": 1, "error": 0}
        ],
    }
    bad = to_json(PolicyData(b"\0\2\0\0"))
    assert isinstance(bad, dict)
    assert bad["contents"] is None
    assert bad["fault"] == "the data offset 2 points outside the POLICY_DATA at byte 0"


@given(messages)
def test_every_message_is_json_and_back_the_same(message: Message) -> None:
    plain = to_json(message)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


@pytest.mark.parametrize("name", MESSAGES)
def test_every_sample_is_json(name: str) -> None:
    message = MESSAGES[name]
    plain = json.loads(json.dumps(to_json(message), allow_nan=False))
    assert len(plain.get("messages", [])) == (3 if isinstance(message, Bundle) else 0)
