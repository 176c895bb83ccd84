"""From `[policy]` of the configuration to the rules that a node asks (security/rules.py)."""

from __future__ import annotations

from datetime import time
from ipaddress import ip_network

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.settings import PolicyTable, RuleTable
from p4rsvp.engine.events import Prefix
from p4rsvp.engine.policy import Priority
from p4rsvp.security.rules import Rule, Subject
from p4rsvp.wire.address import Address

_BITS_PER_BYTE = 8


def read_rules(table: PolicyTable) -> tuple[Rule, ...]:
    """The rules in their order, or ConfigError."""
    rules = tuple(
        _rule(f"policy.rule[{place}]", place, one) for place, one in enumerate(table.rule, 1)
    )
    if table.default == "ask":
        rules += (Rule(name="default", allows=False, asks=True),)
    if table.decision_point is None and any(rule.asks for rule in rules):
        raise ConfigError("policy.decision_point: missing, and somebody has to be asked")
    idle = next((rule for rule in rules if rule.priority is not None), None)
    if idle is not None and not table.preempts:
        raise ConfigError(
            f"policy.preempts = false, and the rule {idle.name!r} gives a priority: it has to be "
            "true for that to mean anything"
        )
    return rules


def read_believed(table: PolicyTable) -> tuple[Prefix, ...] | None:
    """The neighbours whose priorities count; None: nobody is preempted."""
    believed = _prefixes("policy.believed_neighbours", table.believed_neighbours)
    return believed if table.preempts else None


def _rule(where: str, place: int, table: RuleTable) -> Rule:
    above = table.above_bits_per_s
    return Rule(
        name=table.name or f"rule {place}",
        allows=table.action == "allow",
        asks=table.action == "ask",
        signed=table.signed,
        subject=None if table.subject is None else Subject(table.subject),
        users=table.users,
        applications=table.applications,
        sources=_prefixes(f"{where}.sources", table.sources),
        destinations=_prefixes(f"{where}.destinations", table.destinations),
        neighbours=_prefixes(f"{where}.neighbours", table.neighbours),
        interfaces=table.interfaces,
        protocols=table.protocols,
        ports=table.ports,
        services=table.services,
        above_bytes_per_s=None if above is None else above / _BITS_PER_BYTE,
        states_from=table.states_from,
        minutes=None if table.daily is None else (_minute(table.daily[0]), _minute(table.daily[1])),
        priority=_priority(table),
    )


def _priority(table: RuleTable) -> Priority | None:
    given = [p for p in (table.preemption_priority, table.defending_priority) if p is not None]
    return Priority(given[0], given[-1]) if given else None


def _minute(moment: time) -> int:
    return 60 * moment.hour + moment.minute


def _prefixes(where: str, texts: tuple[str, ...]) -> tuple[Prefix, ...]:
    found = []
    for text in texts:
        try:
            network = ip_network(text)
        except ValueError as error:
            raise ConfigError(f"{where}: {text!r} has to be PREFIX/LENGTH: {error}") from error
        found.append(Prefix(Address(network.network_address.packed), network.prefixlen))
    return tuple(found)
