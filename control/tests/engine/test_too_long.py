"""No message is longer than a datagram: what would be is refused or left unsent, never an error."""

import pytest

from p4rsvp.engine.config import MOST_MESSAGE_BYTES
from p4rsvp.engine.effects import TraceKind
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.messages import Resv, ResvErr
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.style import SE, WF
from tests.engine.rig import S1, Rig, neighbour, want
from tests.engine.test_limits import FULL

# RFC 2205 3.10: of a class that we do not know, to be passed on.
TRAVELLER = 0xF0 << 8 | 1


def carries(filler: int) -> tuple[Placed, ...]:
    """An object of 40,000 bytes, which travels with a request."""
    return (Placed(2, Opaque(TRAVELLER, bytes([filler]) * 40_000)),)


@pytest.mark.rfc("2205", "3.3")
def test_a_request_that_would_make_the_merged_one_too_long_is_refused(rig: Rig) -> None:
    rig.path(S1)
    assert rig.resv(WF, want(4), extras=carries(1)).sent(Resv)
    outcome = rig.resv(WF, want(4), nhop=neighbour(2, 8), extras=carries(2))
    assert outcome.refused_with(ResvErr) == FULL
    assert outcome.traced(TraceKind.LIMIT)
    assert rig.resv(WF, want(5), extras=carries(3)).sent(Resv)


@pytest.mark.rfc("2205", "3.3")
def test_an_answer_that_no_datagram_has_room_for_is_left_unsent(rig: Rig) -> None:
    rig.path(S1)
    header_and_others = 8 + 12 + 12 + 8 + 8 + 36
    count = (MOST_MESSAGE_BYTES - header_and_others) // 12
    many = [PortSelector(S1.source, number + 1) for number in range(count)]
    outcome = rig.resv(SE, want(4, *many))
    assert not outcome.sent(ResvErr)
    assert outcome.traced(TraceKind.TOO_LONG)
    assert rig.node.counters.traces[TraceKind.TOO_LONG] == 1
