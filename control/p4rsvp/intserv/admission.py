"""Admission on one link: a rate budget and a burst budget for each class, kept exactly.

All quantities are integers on the wire (bytes/s and bytes, link layer included), so that what was
admitted and released sums to zero again. Every step costs the same however many reservations stand.
A refusal changes nothing: a failed increase leaves the old reservation (RFC 2205 3.5, KR-I). A
request that does not increase a quantity is never refused for it (RFC 2211 5, RFC 2212, Invocation
Information), not even where the limits were lowered meanwhile.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from p4rsvp.intserv.refusal import Refused, admission
from p4rsvp.wire.codes import AdmissionValue
from p4rsvp.wire.intserv import Service

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Demand:
    """What one reservation takes of a link."""

    service: Service
    rate_bytes_per_s: int
    burst_bytes: int


@dataclass(frozen=True, slots=True)
class ClassLimit:
    """What all reservations of a class may take together."""

    rate_bytes_per_s: int
    burst_bytes: int


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """What reservations may take of a link: of any class together, and of each."""

    rate_bytes_per_s: int
    guaranteed: ClassLimit
    controlled_load: ClassLimit

    def of(self, service: Service) -> ClassLimit:
        """The limit of a service's class."""
        return self.guaranteed if service is Service.GUARANTEED else self.controlled_load


class Amounts(NamedTuple):
    """What is taken, free or missing of a link's budgets, as far as one class is concerned."""

    rate_bytes_per_s: int  # of all classes together
    class_rate_bytes_per_s: int
    burst_bytes: int

    @property
    def is_nothing(self) -> bool:
        """Whether there is none of anything."""
        return not any(self)

    def minus(self, other: Amounts) -> Amounts:
        """What is left, never below nothing."""
        return Amounts(*[max(a - b, 0) for a, b in zip(self, other, strict=True)])


def amounts(demand: Demand, service: Service) -> Amounts:
    """What a demand takes, as a class sees it."""
    if demand.service is not service:
        return Amounts(demand.rate_bytes_per_s, 0, 0)
    return Amounts(demand.rate_bytes_per_s, demand.rate_bytes_per_s, demand.burst_bytes)


class _Exchange(NamedTuple, Generic[Key]):
    """Some reservations that are to go for another, which stand until it is known to stand."""

    demand: Demand
    gone: tuple[Key, ...]
    extra: Amounts  # how much more the one takes than the others, and than it had before


class LinkBudget(Generic[Key]):
    """The reservations of one link, by a key of the caller's choice."""

    __slots__ = ("_bursts", "_demands", "_exchanges", "_rate_bytes_per_s", "_rates", "limits")

    def __init__(self, limits: LinkLimits) -> None:
        self.limits = limits
        self._demands: dict[Key, Demand] = {}
        self._exchanges: dict[Key, _Exchange[Key]] = {}
        self._rates = {Service.GUARANTEED: 0, Service.CONTROLLED_LOAD: 0}
        self._bursts = {Service.GUARANTEED: 0, Service.CONTROLLED_LOAD: 0}
        self._rate_bytes_per_s = 0  # of all together

    def admit(self, key: Key, demand: Demand) -> None:
        """Take what is wanted in place of what the key holds, or raise Refused."""
        old = self._demands.get(key)
        if old is demand:
            return
        self._check(demand, old)
        if old is not None:
            self.release(key)
        service = demand.service
        self._demands[key] = demand
        self._rates[service] += demand.rate_bytes_per_s
        self._rate_bytes_per_s += demand.rate_bytes_per_s
        self._bursts[service] += demand.burst_bytes

    def _check(self, demand: Demand, old: Demand | None) -> None:
        """Refuse an increase beyond what is free once the old reservation is given back."""
        service = demand.service
        room = self._room(service, old)
        if demand.rate_bytes_per_s > room.rate_bytes_per_s:
            what, free = "reservable rate", room.rate_bytes_per_s
            raise _refusal(what, _RATE_REFUSAL, demand.rate_bytes_per_s, free)
        if demand.rate_bytes_per_s > room.class_rate_bytes_per_s:
            what, free = f"{_name(service)} rate", room.class_rate_bytes_per_s
            raise _refusal(what, _RATE_REFUSAL, demand.rate_bytes_per_s, free)
        if demand.burst_bytes > room.burst_bytes:
            what, free = f"{_name(service)} burst", room.burst_bytes
            raise _refusal(what, _BURST_REFUSAL[service], demand.burst_bytes, free)

    def _room(self, service: Service, old: Demand | None) -> Amounts:
        """The most that may take the place of `old`: what is free with it gone, and itself."""
        held: Demand | ClassLimit = old if old is not None and old.service is service else _NOTHING
        limit = self.limits.of(service)
        rate_held = 0 if old is None else old.rate_bytes_per_s
        return Amounts(
            max(0, self.limits.rate_bytes_per_s - self._rate_bytes_per_s) + rate_held,
            max(0, limit.rate_bytes_per_s - self._rates[service]) + held.rate_bytes_per_s,
            max(0, limit.burst_bytes - self._bursts[service]) + held.burst_bytes,
        )

    def shortfall(self, key: Key, demand: Demand) -> Amounts:
        """What is missing for this demand in the place of what the key holds."""
        room = self._room(demand.service, self._demands.get(key))
        return amounts(demand, demand.service).minus(room)

    def exchange(self, key: Key, demand: Demand, gone: Iterable[Key]) -> None:
        """Let a demand stand for those of other keys, or them for it, until one is settled.

        Until then the budget has taken the larger of the two in every respect, so that neither
        `commit` nor `take_back` can fail whatever is admitted meanwhile.
        """
        keys, service = tuple(gone), demand.service
        extra = amounts(demand, service)
        for one in (key, *keys):
            held = self._demands.get(one)
            if held is not None:
                extra = extra.minus(amounts(held, service))
        self._exchanges[key] = _Exchange(demand, keys, extra)
        self._take(service, extra, 1)

    def commit(self, key: Key) -> tuple[Key, ...]:
        """The demand of `exchange` stands, and the others are gone: these."""
        demand, gone, extra = self._exchanges.pop(key)
        self._take(demand.service, extra, -1)
        for one in (key, *gone):
            self.release(one)
        self._demands[key] = demand
        self._take(demand.service, amounts(demand, demand.service), 1)
        return gone

    def take_back(self, key: Key) -> None:
        """All that was there before `exchange` stands."""
        demand, _, extra = self._exchanges.pop(key)
        self._take(demand.service, extra, -1)

    def _take(self, service: Service, some: Amounts, times: int) -> None:
        self._rate_bytes_per_s += times * some.rate_bytes_per_s
        self._rates[service] += times * some.class_rate_bytes_per_s
        self._bursts[service] += times * some.burst_bytes

    def release(self, key: Key) -> None:
        """Give back what the key holds, if it holds anything."""
        old = self._demands.pop(key, None)
        if old is not None:
            self._rates[old.service] -= old.rate_bytes_per_s
            self._rate_bytes_per_s -= old.rate_bytes_per_s
            self._bursts[old.service] -= old.burst_bytes

    def demand(self, key: Key) -> Demand | None:
        """What the key holds."""
        return self._demands.get(key)

    def rate_bytes_per_s(self, service: Service | None = None) -> int:
        """What is admitted of a class, or of all."""
        return self._rate_bytes_per_s if service is None else self._rates[service]

    def burst_bytes(self, service: Service) -> int:
        """What is admitted of a class."""
        return self._bursts[service]

    def available_bytes_per_s(self, service: Service, key: Key | None = None) -> int:
        """The largest rate that `admit` would not refuse for its rate, given to this key."""
        old = None if key is None else self._demands.get(key)
        held = 0 if old is None else old.rate_bytes_per_s
        held_of_class = held if old is not None and old.service is service else 0
        limit = self.limits.of(service).rate_bytes_per_s
        return max(
            held_of_class,
            min(
                self.limits.rate_bytes_per_s - self.rate_bytes_per_s() + held,
                limit - self._rates[service] + held_of_class,
            ),
        )

    def __len__(self) -> int:
        return len(self._demands)


_NOTHING = ClassLimit(0, 0)
_RATE_REFUSAL = AdmissionValue.BANDWIDTH_UNAVAILABLE
# More burst delays all that is guaranteed; for controlled load it only wants more buffer.
_BURST_REFUSAL = {
    Service.GUARANTEED: AdmissionValue.DELAY_BOUND_CANNOT_BE_MET,
    Service.CONTROLLED_LOAD: AdmissionValue.BANDWIDTH_UNAVAILABLE,
}


def _refusal(what: str, value: AdmissionValue, wanted: int, free: int) -> Refused:
    return admission(value, f"{what}: {wanted} wanted, {max(free, 0)} free")


def _name(service: Service) -> str:
    return service.name.lower().replace("_", " ")
