"""`p4rsvp.PlainSession`: a `Session` for programs without an event loop; its calls block."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from p4rsvp.engine.events import AnyAppSession
from p4rsvp.host import background
from p4rsvp.host.api import Host
from p4rsvp.host.happenings import Happening
from p4rsvp.host.session import Session

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Kind = TypeVar("_Kind")


def _blocking(
    method: Callable[Concatenate[Session, _Parameters], Coroutine[Any, Any, _Result]],
) -> Callable[Concatenate[PlainSession, _Parameters], _Result]:
    """A method of `Session`, with its own parameters, which waits for what comes of it."""

    @wraps(method)
    def call(
        plain: PlainSession, /, *arguments: _Parameters.args, **named: _Parameters.kwargs
    ) -> _Result:
        return background.run(method(plain.session, *arguments, **named))

    return call


class PlainSession:
    """One session; each call is `Session`'s, done when it returns."""

    def __init__(
        self,
        destination: str | AnyAppSession,
        protocol: str | int = "udp",
        *,
        host: Host | None = None,
        socket: Path | None = None,
        receiver: str | None = None,
        on_happening: Callable[[Happening], None] | None = None,
    ) -> None:
        """Take part in a session, as `Session` does; `on_happening` hears in another thread."""

        async def made() -> Session:  # on its loop, since that is where it belongs
            return Session(
                destination,
                protocol,
                host=host,
                socket=socket,
                receiver=receiver,
                on_happening=on_happening,
            )

        self._session = background.run(made())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def session(self) -> Session:
        """What this one stands for; it lives on the background's loop."""
        return self._session

    send = _blocking(Session.send)
    way = _blocking(Session.way)
    stop_sending = _blocking(Session.stop_sending)
    listen = _blocking(Session.listen)
    reserve = _blocking(Session.reserve)
    release = _blocking(Session.release)
    close = _blocking(Session.close)

    def next(self, timeout_s: float | None = None) -> Happening:
        """The next happening; raises TimeoutError."""
        return background.run(self._session.next(), timeout_s)

    def until(self, *kinds: type[_Kind], timeout_s: float | None = None) -> _Kind:
        """The next happening of these kinds; raises ReservationError, TimeoutError."""
        return background.run(self._session.until(*kinds), timeout_s)

    def __iter__(self) -> Iterator[Happening]:
        while True:
            yield self.next()
