"""What INTEGRITY refuses a message for, and how that is told: always counted, seldom logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from p4rsvp.security.allowance import Allowance
from p4rsvp.wire.address import Address

REPORTS_PER_S = 1
REPORTS_AT_ONCE = 10


class Fault(Enum):
    """The reasons, in the order in which they are looked for: the cheap ones first."""

    __hash__ = object.__hash__  # there is one of each; an Enum would hash its name
    UNSIGNED = "it bears no INTEGRITY"
    MALFORMED = "its INTEGRITY or CHALLENGE is malformed"
    UNKNOWN_KEY = "its key is unknown for that neighbour"
    EXPIRED_KEY = "its key is outside its lifetime"
    WRONG_LENGTH = "its digest is not as long as the key's algorithm makes it"
    REPLAYED = "its sequence number was used before or is too old"
    WRONG_DIGEST = "its digest is wrong"
    NO_HANDSHAKE = "its sender is new and does not answer challenges"
    UNCONFIRMED = "its sender is new and has been challenged"
    WRONG_RESPONSE = "it answers no challenge of ours"
    TOO_MANY = "there are too many senders, challenges or handshakes"
    NO_KEY = "there is no key to sign it with"  # of ours, as the next
    TOO_LONG = "with its INTEGRITY it is too long for a datagram"

    @property
    def title(self) -> str:
        """As counters name it."""
        return self.name.lower()


class Report(NamedTuple):
    """One line for the log."""

    fault: Fault
    interface: int
    source: bytes
    withheld: int  # faults since the last report that were counted only

    @property
    def sentence(self) -> str:
        """For the log; it holds nothing that the sender could choose but its address."""
        more = f" ({self.withheld} more since the last such line)" if self.withheld else ""
        way = "to" if self.fault in {Fault.NO_KEY, Fault.TOO_LONG} else "from"
        return (
            f"a message {way} {Address(self.source)} on interface {self.interface} was refused: "
            f"{self.fault.value}{more}"
        )


class Faults:
    """The count of all faults, and the report of some."""

    def __init__(self) -> None:
        self.counts: Counter[Fault] = Counter()
        self.on_report: Callable[[Report], None] = lambda _: None  # the shell's log
        self._allowance = Allowance(REPORTS_PER_S, REPORTS_AT_ONCE)
        self._withheld = 0

    def note(self, fault: Fault, interface: int, source: bytes, now_ns: int) -> None:
        """A message has failed."""
        self.counts[fault] += 1
        if not self._allowance.take(now_ns):
            self._withheld += 1
            return
        withheld, self._withheld = self._withheld, 0
        self.on_report(Report(fault, interface, source, withheld))
