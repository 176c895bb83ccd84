"""What a record of a reservation says. Amounts are cumulative, from the reservation's beginning.

`start`, then `change` and `interim`, then `stop` with the cause. `id` is the reservation's own, and
is never used again. What was sent kept to the reservation; what was demoted went on as best effort
beyond it; what was dropped did not go on. Bytes are as the switch counts them: whole frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from p4rsvp.daemon.logs import session_text
from p4rsvp.engine.effects import Account
from p4rsvp.engine.identities import Identities, identities
from p4rsvp.target.numbers import Verdict, reservation_cell
from p4rsvp.target.session import Traffic
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.text.core import describe

NS_PER_S: Final = 1_000_000_000
_NOTHING: Final = Traffic(0, 0)


@dataclass(slots=True)
class Standing:
    """A reservation whose account is open."""

    id: str
    index: int  # in the switch; 0: none was known
    facts: dict[str, Any]
    since_ns: int
    carried: dict[Verdict, Traffic] = field(default_factory=dict)
    _read: dict[Verdict, Traffic] = field(default_factory=dict)  # of the switch, at last

    def cells(self) -> list[int]:
        """What of the switch's counters tells of it."""
        return [reservation_cell(self.index, verdict) for verdict in Verdict] if self.index else []

    def count(self, counters: Mapping[int, Traffic]) -> None:
        """Take the counters of its cells; the first reading is where it begins."""
        for verdict in Verdict:
            now = counters.get(reservation_cell(self.index, verdict))
            if now is None:
                continue
            before = self._read.get(verdict, now)
            if now.counted_bytes < before.counted_bytes:  # the switch has restarted
                before = _NOTHING
            so_far = self.carried.get(verdict, _NOTHING)
            self.carried[verdict] = Traffic(
                so_far.packets + now.packets - before.packets,
                so_far.counted_bytes + now.counted_bytes - before.counted_bytes,
            )
            self._read[verdict] = now

    def record(self, kind: str, wall_ns: int, cause: str = "") -> dict[str, Any]:
        """A line of this kind."""
        found = {
            "record": kind,
            "time": time_text(wall_ns),
            "id": self.id,
            **self.facts,
            "since": time_text(self.since_ns),
            "duration_s": round(max(wall_ns - self.since_ns, 0) / NS_PER_S, 3),
        }
        for verdict in Verdict:
            carried = self.carried.get(verdict, _NOTHING)
            found[f"{verdict.name.lower()}_packets"] = carried.packets
            found[f"{verdict.name.lower()}_bytes"] = carried.counted_bytes
        return found | ({"cause": cause} if cause else {})


def facts_of(account: Account, router: str) -> dict[str, Any]:
    """Who has reserved what, and where."""
    try:
        who = identities(account.policy)
    except DecodeError:
        who = Identities()  # what cannot be read names nobody
    flowspec = account.flow.flowspec
    assert isinstance(flowspec, Flowspec), "what stands is of a service that we have"
    rspec = flowspec.rspec
    return {
        "router": router,
        "session": session_text(account.session),
        "interface": account.interface,
        "users": list(who.users),
        "applications": list(who.applications),
        "next_hops": [str(one) for one in account.next_hops],
        "senders": [
            " ".join(describe(one.selector))
            for one in account.flow.filters
            if isinstance(one, FilterSpec)
        ],
        "style": account.style.id.name if account.style and account.style.id else "",
        "service": flowspec.service.name.lower().replace("_", "-"),
        "token_rate_bytes_per_s": flowspec.tspec.token_rate_bytes_per_s,
        "rate_bytes_per_s": (
            flowspec.tspec.token_rate_bytes_per_s if rspec is None else rspec.rate_bytes_per_s
        ),
        "bucket_bytes": flowspec.tspec.bucket_bytes,
    }


def time_text(wall_ns: int) -> str:
    """A time as records have it: UTC, to the millisecond."""
    moment = datetime.fromtimestamp(wall_ns / NS_PER_S, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
