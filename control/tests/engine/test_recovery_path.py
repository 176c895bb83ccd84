"""A RecoveryPath of RSVP-TE (RFC 5063) is read like a Path and changes nothing."""

import pytest

from p4rsvp.engine.effects import Trace, TraceKind
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.extensions import RecoveryPath
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.text import message_name
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import tspec
from tests.engine.rig import GROUP, S1, Rig, neighbour

RECOVERY = RecoveryPath(
    GROUP,
    Hop(neighbour(2), 2),
    TimeValues(30_000),
    SenderTemplate(S1),
    SenderTspec(tspec(4)),
    send_ttl=255,
)


@pytest.mark.rfc("5063", "4.1")
def test_a_recovery_path_is_read_as_a_path_of_another_type() -> None:
    assert decode(encode(RECOVERY)) == RECOVERY
    assert message_name(MessageType.RECOVERY_PATH) == "RecoveryPath"


@pytest.mark.rfc("5063", "4.1")
def test_a_recovery_path_has_no_effect_on_a_node_without_labels(rig: Rig) -> None:
    outcome = rig.receive(RECOVERY, by=2)
    assert outcome.silent
    assert not rig.node.sessions
    (fact,) = [effect for effect in outcome.effects if isinstance(effect, Trace)]
    assert (fact.kind, fact.text) == (TraceKind.DROPPED, "no use for a RECOVERY_PATH here")
