"""How many messages each neighbour may have looked at: token buckets, before anything is decoded.

What only repeats what is known costs next to nothing and takes nothing: the refresh filter finds it
first (fast/front.py), so that no flood can keep refreshes out. All else takes from the bucket of
the station on the link that sent it, a neighbour being whoever has the link address: the IP source
of a Path is that of a sender anywhere (RFC 2205 3.1.3). A station has a bucket of its own once a
message of its has become state here; until then it is a stranger, and all strangers of an interface
share one. What an interface may have in all is bounded as well, since link addresses can be forged.
A long message takes more than a short one. What INTEGRITY refuses never comes here, so that
somebody without a key uses up nobody's ration. Pure: the time is an argument.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from p4rsvp.security.allowance import NS_PER_S, Allowance

BYTES_PER_TOKEN = 256  # beside the one that every message takes: a usual one is shorter
_LONGEST_TOKENS = 1 + 0xFFFF // BYTES_PER_TOKEN
STATIONS_PER_INTERFACE = 1024
FORGOTTEN_NS = 3600 * NS_PER_S  # a station without news gives its place up, where places are short


class Rates(NamedTuple):
    """Messages a second; as many may come at once."""

    neighbour_per_s: int
    strangers_per_s: int  # of one interface, together
    interface_per_s: int
    interfaces_per_s: Mapping[int, int] = MappingProxyType({})  # where an interface has its own

    def of(self, interface: int) -> Rates:
        """What holds at an interface: nobody there has more than all there."""
        most = self.interfaces_per_s.get(interface, self.interface_per_s)
        return Rates(min(self.neighbour_per_s, most), min(self.strangers_per_s, most), most)


class Shortage(Enum):
    """Whose ration was used up."""

    __hash__ = object.__hash__  # there is one of each; an Enum would hash its name
    NEIGHBOUR = "neighbour"
    STRANGERS = "strangers"
    INTERFACE = "interface"


class _Station:
    __slots__ = ("allowance", "last_ns")

    def __init__(self, allowance: Allowance, now_ns: int) -> None:
        self.allowance = allowance
        self.last_ns = now_ns


class _Interface:
    """The buckets of one interface."""

    __slots__ = ("all", "rates", "stations", "strangers")

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self.all = _allowance(rates.interface_per_s)
        self.strangers = _allowance(rates.strangers_per_s)
        self.stations: dict[bytes, _Station] = {}

    def neighbour(self) -> Allowance:
        """A bucket for one more station."""
        return _allowance(self.rates.neighbour_per_s)


class Rations:
    """The buckets of one node."""

    def __init__(self, rates: Rates) -> None:
        self.withheld: Counter[Shortage] = Counter()
        self._rates = rates
        self._interfaces: dict[int, _Interface] = {}

    def reload(self, rates: Rates) -> None:
        """Go by other rates; all begin anew, and whoever was known is."""
        self._rates = rates
        for number, old in self._interfaces.items():
            new = self._interfaces[number] = _Interface(rates.of(number))
            for station, known in old.stations.items():
                new.stations[station] = _Station(new.neighbour(), known.last_ns)

    def take(self, interface: int, station: bytes, length_bytes: int, now_ns: int) -> bool:
        """Whether a message may be looked at; if so, it has taken its share."""
        buckets = self._interfaces.get(interface) or self._begin(interface)
        tokens = 1 + length_bytes // BYTES_PER_TOKEN
        known = buckets.stations.get(station)
        if known is None:
            shortage = Shortage.STRANGERS
            is_taken = buckets.strangers.take(now_ns, tokens)
        else:
            shortage = Shortage.NEIGHBOUR
            known.last_ns = now_ns
            is_taken = known.allowance.take(now_ns, tokens)
        if is_taken and not buckets.all.take(now_ns, tokens):
            is_taken, shortage = False, Shortage.INTERFACE
        if not is_taken:
            self.withheld[shortage] += 1
        return is_taken

    def know(self, interface: int, station: bytes, now_ns: int) -> None:
        """A message of this station has become state: it is a neighbour."""
        buckets = self._interfaces.get(interface) or self._begin(interface)
        stations = buckets.stations
        if station in stations:
            return
        if len(stations) >= STATIONS_PER_INTERFACE:
            for old in [s for s, one in stations.items() if one.last_ns + FORGOTTEN_NS <= now_ns]:
                del stations[old]
        if len(stations) < STATIONS_PER_INTERFACE:
            stations[station] = _Station(buckets.neighbour(), now_ns)

    def _begin(self, interface: int) -> _Interface:
        found = self._interfaces[interface] = _Interface(self._rates.of(interface))
        return found


def _allowance(rate_per_s: int) -> Allowance:
    """As many at once as in a second, and at least the longest message."""
    return Allowance(rate_per_s, max(rate_per_s, _LONGEST_TOKENS))
