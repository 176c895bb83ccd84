"""Which rule decides (RFC 2205 2.7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.engine.events import Prefix
from p4rsvp.security.rules import MINUTES_A_DAY, Ask, Rule, Subject, decide
from p4rsvp.wire.address import Address

HERE, THERE = Address.parse("10.1.0.5"), Address.parse("10.2.0.5")
LOCAL = (Prefix(Address.parse("10.1.0.0"), 16),)
ASK = Ask(
    Subject.RESERVATION,
    Address.parse("10.9.0.9"),
    2,
    Address.parse("10.0.2.9"),
    users=("CN=Ann,O=Works",),
    sources=(HERE,),
    protocol=17,
    port=5004,
    service="guaranteed",
    rate_bytes_per_s=125_000.0,
    states=3,
    minute=600,
)
HOLDING = {
    "subject": Subject.RESERVATION,
    "users": ("CN=Ann,*",),
    "sources": LOCAL,
    "destinations": (Prefix(Address.parse("10.9.0.0"), 24),),
    "neighbours": (Prefix(Address.parse("10.0.2.9"), 32),),
    "interfaces": (1, 2),
    "protocols": (17,),
    "ports": (5004,),
    "services": ("guaranteed",),
    "above_bytes_per_s": 124_999.0,
    "states_from": 3,
    "minutes": (540, 660),
}
FAILING = {
    "subject": Subject.SENDER,
    "users": ("CN=Bob,*",),
    "applications": ("*",),
    "sources": (Prefix(THERE, 32),),
    "destinations": LOCAL,
    "neighbours": LOCAL,
    "interfaces": (3,),
    "protocols": (6,),
    "ports": (5006,),
    "services": ("controlled-load",),
    "above_bytes_per_s": 125_000.0,
    "states_from": 4,
    "minutes": (660, 540),
}


@pytest.mark.parametrize("allows", [True, False])
@pytest.mark.parametrize("condition", HOLDING)
def test_a_condition_that_holds_lets_its_rule_decide(condition: str, *, allows: bool) -> None:
    rule = Rule(name="it", allows=allows, **{condition: HOLDING[condition]})  # type: ignore[arg-type]
    assert decide([rule], ASK, default=not allows)[:2] == (allows, "it")


@pytest.mark.parametrize("condition", FAILING)
def test_a_condition_that_does_not_hold_is_why_a_rule_is_passed_over(condition: str) -> None:
    parts = {**HOLDING, condition: FAILING[condition]}
    rule = Rule(name="it", allows=False, **parts)  # type: ignore[arg-type]
    decision = decide([rule], ASK, default=True)
    assert decision[:2] == (True, "default")
    assert len(decision.passed_over) == 1
    assert decision.passed_over[0][0] == "it"


def test_the_first_rule_that_matches_decides() -> None:
    rules = [
        Rule(name="others", allows=True, ports=(1,)),
        Rule(name="first", allows=False),
        Rule(name="second", allows=True),
    ]
    decision = decide(rules, ASK, default=True)
    assert decision[:3] == (False, "first", (("others", "ports"),))


def test_of_several_senders_all_must_be_allowed_and_one_is_enough_to_refuse() -> None:
    both = ASK._replace(sources=(HERE, THERE))
    everyone = ASK._replace(sources=())
    allow = Rule(name="allow", allows=True, sources=LOCAL)
    refuse = Rule(name="refuse", allows=False, sources=LOCAL)
    assert decide([allow], ASK, default=False).allows
    assert not decide([allow], both, default=False).allows
    assert not decide([allow], everyone, default=False).allows
    assert not decide([refuse], both, default=True).allows
    assert not decide([refuse], everyone, default=True).allows


def test_who_says_no_name_has_none_that_a_rule_asks_for() -> None:
    rule = Rule(name="any user", allows=True, users=("*",))
    assert not decide([rule], ASK._replace(users=()), default=False).allows


@given(st.integers(0, MINUTES_A_DAY - 1), st.integers(0, MINUTES_A_DAY - 1), st.integers(0, 1439))
def test_a_rule_by_day_and_one_by_night_share_the_day(start: int, end: int, minute: int) -> None:
    asked = ASK._replace(minute=minute)
    day = Rule(name="day", allows=True, minutes=(start, end))
    night = Rule(name="night", allows=True, minutes=(end, start))
    found = [not rule.mismatch(asked) for rule in (day, night)]
    assert sum(found) == (1 if start != end else 0)
