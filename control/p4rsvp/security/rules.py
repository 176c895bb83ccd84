"""Local policy as a list of rules: the first that matches decides, and can say why.

A rule has conditions, and those that it leaves out always hold. What a message names may be
several (the senders of one Resv): a rule that allows wants all of them to fit, one that refuses is
content with any, so that nothing forbidden travels in the company of what is allowed; a wildcard
names every sender. Who asks is what POLICY_DATA claims (RFC 3182), which is worth as much as the
neighbour that has passed it on: with signed messages only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import NamedTuple

from p4rsvp.engine.events import Prefix
from p4rsvp.engine.policy import Priority
from p4rsvp.engine.routes import covers
from p4rsvp.wire.address import Address

MINUTES_A_DAY = 24 * 60


class Subject(Enum):
    """What is asked for."""

    __hash__ = object.__hash__  # there is one of each; an Enum would hash its name
    SENDER = "sender"  # a Path: that a sender may announce itself
    RESERVATION = "reservation"  # a Resv


class Ask(NamedTuple):
    """One question to the rules."""

    subject: Subject
    destination: Address
    interface: int  # where the Path comes in, or the reservation stands
    neighbour: Address
    users: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    sources: tuple[Address, ...] = ()  # empty: every sender
    protocol: int = 0
    port: int = 0
    service: str = ""  # of reservations
    rate_bytes_per_s: float = 0.0  # what is reserved, or announced
    states: int = 0  # that the neighbour has beside this one
    minute: int = 0  # of the day, UTC
    signed: bool = False  # it has come where all have to be signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; see the table of conditions below."""

    name: str
    allows: bool
    subject: Subject | None = None
    users: tuple[str, ...] = ()  # patterns, as of file names
    applications: tuple[str, ...] = ()
    sources: tuple[Prefix, ...] = ()
    destinations: tuple[Prefix, ...] = ()
    neighbours: tuple[Prefix, ...] = ()
    interfaces: tuple[int, ...] = ()
    protocols: tuple[int, ...] = ()
    ports: tuple[int, ...] = ()
    services: tuple[str, ...] = ()
    above_bytes_per_s: float | None = None
    states_from: int | None = None
    minutes: tuple[int, int] | None = None  # from and until; over midnight where until is less
    signed: bool | None = None  # whether the message has come where all have to be signed
    asks: bool = False  # somebody outside decides; as one that refuses, but for that
    priority: Priority | None = None  # that it gives to what it allows (RFC 3181)

    def mismatch(self, ask: Ask) -> str:
        """The first condition that does not hold; empty: all do."""
        return next((name for name, holds in _CONDITIONS if not holds(self, ask)), "")


class Decision(NamedTuple):
    """What came of a question."""

    allows: bool
    rule: str  # the name of the one that decided, or "default"
    passed_over: tuple[tuple[str, str], ...]  # the rules before it: name, and what did not hold
    priority: Priority | None = None  # that it gives
    asks: bool = False  # somebody outside decides


def decide(rules: Iterable[Rule], ask: Ask, *, default: bool) -> Decision:
    """First match."""
    passed_over: list[tuple[str, str]] = []
    for rule in rules:
        condition = rule.mismatch(ask)
        if not condition:
            return Decision(rule.allows, rule.name, tuple(passed_over), rule.priority, rule.asks)
        passed_over.append((rule.name, condition))
    return Decision(default, "default", tuple(passed_over))


def _fits(rule: Rule, found: Iterable[bool]) -> bool:
    """Of several, all for a rule that allows, and any for one that refuses."""
    return all(found) if rule.allows else any(found)


def _names(rule: Rule, patterns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if not patterns:
        return True
    if not names:
        return False
    return _fits(rule, [any(fnmatchcase(name, one) for one in patterns) for name in names])


def _sources(rule: Rule, ask: Ask) -> bool:
    if not rule.sources:
        return True
    if not ask.sources:  # a wildcard, which is every sender's
        return not rule.allows
    return _fits(rule, [within(rule.sources, source) for source in ask.sources])


def within(prefixes: tuple[Prefix, ...], address: Address) -> bool:
    """Whether an address lies in one of them."""
    return any(covers(prefix, address) for prefix in prefixes)


def _daily(rule: Rule, ask: Ask) -> bool:
    if rule.minutes is None:
        return True
    start, end = rule.minutes
    return (ask.minute - start) % MINUTES_A_DAY < (end - start) % MINUTES_A_DAY


# Each by the key that the configuration has for it.
_CONDITIONS: tuple[tuple[str, Callable[[Rule, Ask], bool]], ...] = (
    ("for", lambda rule, ask: rule.subject in {None, ask.subject}),
    ("interfaces", lambda rule, ask: not rule.interfaces or ask.interface in rule.interfaces),
    (
        "neighbours",
        lambda rule, ask: not rule.neighbours or within(rule.neighbours, ask.neighbour),
    ),
    (
        "destinations",
        lambda rule, ask: not rule.destinations or within(rule.destinations, ask.destination),
    ),
    ("protocols", lambda rule, ask: not rule.protocols or ask.protocol in rule.protocols),
    ("ports", lambda rule, ask: not rule.ports or ask.port in rule.ports),
    ("sources", _sources),
    ("services", lambda rule, ask: not rule.services or ask.service in rule.services),
    (
        "above_bits_per_s",
        lambda rule, ask: (
            rule.above_bytes_per_s is None or ask.rate_bytes_per_s > rule.above_bytes_per_s
        ),
    ),
    (
        "states_from",
        lambda rule, ask: rule.states_from is None or ask.states >= rule.states_from,
    ),
    ("daily", _daily),
    ("signed", lambda rule, ask: rule.signed in {None, ask.signed}),
    ("users", lambda rule, ask: _names(rule, rule.users, ask.users)),
    (
        "applications",
        lambda rule, ask: _names(rule, rule.applications, ask.applications),
    ),
)
