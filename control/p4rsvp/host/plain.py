"""`p4rsvp.PlainSession`: a `Session` for programs without an event loop; its calls block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self, TypeVar

from p4rsvp.host import background
from p4rsvp.host.api import Way
from p4rsvp.host.happenings import Happening
from p4rsvp.host.session import Session
from p4rsvp.wire.filter_spec import Selector

_Kind = TypeVar("_Kind")


class PlainSession:
    """One session; arguments are those of `Session` and its methods."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 (Session's)
        self._session = background.run(_made(*arguments, **named))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def session(self) -> Session:
        """What this one stands for; it lives on the background's loop."""
        return self._session

    def send(self, *arguments: Any, **named: Any) -> Selector:  # noqa: ANN401 (Session.send's)
        """Announce what will be sent."""
        return background.run(self._session.send(*arguments, **named))

    def way(self) -> Way:
        """From which address data to the destination goes, and in packets of which size."""
        return background.run(self._session.way())

    def stop_sending(self, template: Selector | None = None) -> None:
        """Withdraw one sender, or all of them."""
        background.run(self._session.stop_sending(template))

    def listen(self) -> None:
        """Hear of senders."""
        background.run(self._session.listen())

    def reserve(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 (Session.reserve's)
        """Reserve this and nothing else."""
        background.run(self._session.reserve(*arguments, **named))

    def release(self) -> None:
        """Give the reservation back, and go on listening."""
        background.run(self._session.release())

    def close(self) -> None:
        """Leave."""
        background.run(self._session.close())

    def next(self, timeout_s: float | None = None) -> Happening:
        """The next happening; raises TimeoutError."""
        return background.run(self._session.next(), timeout_s)

    def until(self, *kinds: type[_Kind], timeout_s: float | None = None) -> _Kind:
        """The next happening of these kinds; raises ReservationError, TimeoutError."""
        return background.run(self._session.until(*kinds), timeout_s)

    def __iter__(self) -> Iterator[Happening]:
        while True:
            yield self.next()


async def _made(*arguments: Any, **named: Any) -> Session:  # noqa: ANN401 (Session's)
    """On its loop, since that is where it belongs."""
    return Session(*arguments, **named)
