"""Whatever is asked for, torn down, refused or answered late: priorities hold, and nothing is kept.

A link with room for two or three, six sessions of two next hops each, priorities from 0 to 5.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.engine import exchange
from p4rsvp.engine.core import Core
from p4rsvp.engine.events import InterfaceChanged, TargetPreempts
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.state import Flight
from p4rsvp.sim.target import fits
from p4rsvp.wire.address import Address
from p4rsvp.wire.policy_elements import MergeStrategy
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF
from tests.engine.network import ETHERNET
from tests.engine.rig import S1, S2, Rig, interface, neighbour, want
from tests.security.priorities import preemptive, weight

SEEDS = st.integers(0, 2**32)
STYLES = (FF, FF, FF, SE, WF)
SIZES = (1, 300, 500, 700, 1_400)
LINKS = (ETHERNET, replace(ETHERNET, mtu_bytes=1_400), ETHERNET)


class Receivers:
    """A stream of deeds of those who reserve, and of the data plane."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 (nobody has to be kept from guessing)

    def do(self, rig: Rig) -> None:
        deeds = (self._path, self._resv, self._tear, self._answer, self._wait, self._disturb)
        self._random.choices(deeds, (20, 50, 10, 14, 4, 2))[0](rig)

    def _session(self) -> tuple[int, Session]:
        number = self._random.randrange(6)
        return number, Session(Address.parse("10.9.0.9"), 17, 5_000 + number)

    def _path(self, rig: Rig) -> None:
        rig.path(
            self._random.choice((S1, S2)),
            session=self._session()[1],
            multiple=self._random.choice((300, 20_000, 20_000)),
        )

    def _resv(self, rig: Rig) -> None:
        number, session = self._session()
        style, size = STYLES[number % 5], self._random.choice(SIZES)
        low = self._random.randrange(6)
        policy = weight(low, low + self._random.randrange(3), self._random.choice([*MergeStrategy]))
        senders = {FF: (S1,), SE: (S1, S2), WF: ()}[style]
        nhop = neighbour(2, self._random.choice((8, 9)))
        rig.resv(style, want(size, *senders), session=session, nhop=nhop, policy=policy)

    def _tear(self, rig: Rig) -> None:
        number, session = self._session()
        style = STYLES[number % 5]
        senders = {FF: (S1,), SE: (S1, S2), WF: ()}[style]
        nhop = neighbour(2, self._random.choice((8, 9)))
        rig.resv_tear(style, want(None, *senders), session=session, nhop=nhop)

    def _answer(self, rig: Rig) -> None:
        rig.answers = False
        if rig.unanswered:
            rig.answer(ok=self._random.random() < 0.7)
        if self._random.random() < 0.2:
            rig.answer_all()
            rig.answers = True

    def _wait(self, rig: Rig) -> None:
        rig.wait(self._random.choice((1, 1_000, 60_000)))

    def _disturb(self, rig: Rig) -> None:
        if self._random.random() < 0.5:
            link = self._random.choice(LINKS)
            rig.happens(InterfaceChanged(2, interface(2, link)))
        for rhandle, entry in sorted(rig.target.entries.items())[:1]:
            rig.happens(TargetPreempts(entry.session, rhandle))


def fall_silent(rig: Rig) -> None:
    rig.answers = True
    rig.answer_all()
    rig.wait(600_000)


def watched(patch: pytest.MonkeyPatch) -> list[bool]:
    """Each exchange that is settled, by whether it was made; checks who has to give way."""
    found: list[bool] = []
    settle = exchange.settle

    def checked(node: Core, flight: Flight, refusal: Refusal | None) -> None:
        made = flight.exchange
        assert made is not None
        # What has waited for its turn gets it now, and may be refused by itself; and a link that
        # has changed meanwhile may have no room for what stood.
        is_same_link = node.interfaces[made.tcsb.interface].link == made.link
        waited = [held.rsb for victim in made.victims for held in victim.held]
        stood = {
            victim.session: [rsb for rsb in victim.session.rsbs if rsb not in waited]
            for victim in made.victims
            if victim.session is not made.tcsb.session
        }
        found.append(refusal is None)
        settle(node, flight, refusal)
        for state, rsbs in stood.items():
            if refusal is not None and is_same_link:
                assert set(rsbs) <= set(state.rsbs)

    patch.setattr(exchange, "settle", checked)
    return found


@pytest.mark.rfc("2205", "2.3")
@pytest.mark.rfc("3181", "4")
@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_after_anything_at_all_with_priorities_silence_leaves_nothing(seed: int) -> None:
    rig, receivers = preemptive(), Receivers(seed)
    with pytest.MonkeyPatch.context() as patch:
        watched(patch)
        for _ in range(120):
            receivers.do(rig)
            assert fits(ETHERNET.limits, rig.held(2))
        fall_silent(rig)
    assert not rig.remains()
    assert not rig.node.standing.below(2, 1 << 16)


def test_what_is_drawn_makes_reservations_give_way_and_fails_to() -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = watched(patch)
        for seed in range(20):
            rig, receivers = preemptive(), Receivers(seed)
            for _ in range(120):
                receivers.do(rig)
    assert found.count(True) > 10
    assert found.count(False) > 1
