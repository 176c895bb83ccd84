"""The integrity handshake (RFC 2747 4.3) of the side that asks: who was asked what, when again.

A receiver that has just started knows no sequence number of a sender, so an old message played to
it would look new. It asks the sender by a Challenge with a cookie that nobody can guess; the signed
Response that repeats the cookie is of now, and so is its sequence number. Guard (guard.py) sends
and verifies; here are the questions that are open. Each is repeated after 1, 2, 4, 8 and 16 s, and
then given up until the sender is heard again.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple

from p4rsvp.security.sequence import NS_PER_S
from p4rsvp.wire.address import Address
from p4rsvp.wire.integrity import Challenge

REPETITIONS_MAX = 5
OPEN_MAX = 1_024
_COOKIE_BYTES = 16  # RFC 2747 4.3 suggests the 128 bits of an MD5


class Who(NamedTuple):
    """A sender, as its sequence numbers are told apart."""

    interface: int
    key_id: int
    address: Address


class _Question(NamedTuple):
    cookie: bytes
    repetitions: int
    due_ns: int


class Handshakes:
    """The questions that wait for an answer."""

    def __init__(self, seed: bytes) -> None:
        """`seed` is secret: cookies follow from it."""
        self._seed = seed
        self._asked = 0
        self._open: dict[Who, _Question] = {}

    def __contains__(self, who: Who) -> bool:
        return who in self._open

    @property
    def is_full(self) -> bool:
        """Whether as many are open as there may be."""
        return len(self._open) >= OPEN_MAX

    def ask(self, who: Who, now_ns: int) -> Challenge:
        """Begin a handshake; gives what to send."""
        self._asked += 1
        cookie = blake2b(
            self._asked.to_bytes(8), key=self._seed, digest_size=_COOKIE_BYTES
        ).digest()
        self._open[who] = _Question(cookie, 0, now_ns + NS_PER_S)
        return Challenge(who.key_id, cookie)

    def settle(self, who: Who, answer: Challenge) -> bool:
        """Whether this answers what was asked; then it has been answered."""
        question = self._open.get(who)
        if question is None or answer.key_id != who.key_id:
            return False
        if not compare_digest(question.cookie, answer.cookie):
            return False
        del self._open[who]
        return True

    def forget_all(self) -> None:
        """The keys are others now."""
        self._open.clear()

    def deadline(self) -> int | None:
        """When something is to be repeated."""
        return min((one.due_ns for one in self._open.values()), default=None)

    def due(self, now_ns: int) -> list[tuple[Who, Challenge]]:
        """What to send once more at this time."""
        again = []
        for who, question in list(self._open.items()):
            if question.due_ns > now_ns:
                continue
            if question.repetitions == REPETITIONS_MAX:
                del self._open[who]
                continue
            repetitions = question.repetitions + 1
            due_ns = now_ns + (NS_PER_S << repetitions)
            self._open[who] = question._replace(repetitions=repetitions, due_ns=due_ns)
            again.append((who, Challenge(who.key_id, question.cookie)))
        return again
