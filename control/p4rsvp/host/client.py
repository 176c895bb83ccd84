"""An agent behind its socket, as a `Host` (api.py): calls become frames, reports upcalls.

One connection serves any number of sessions. When it ends, every session that it had is told by an
upcall of its own kind of end (`on_end`), since whatever they had asked for has ended with it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from p4rsvp.engine.effects import Upcall
from p4rsvp.engine.events import ApiSender
from p4rsvp.host import protocol, translation
from p4rsvp.host.api import (
    AgentGoneError,
    Call,
    CallError,
    Diagnosis,
    OnUpcall,
    Question,
    Registration,
    Way,
)
from p4rsvp.host.protocol import (
    DEFAULT_SOCKET,
    SOCKET_VARIABLE,
    VERSION,
    Answer,
    Done,
    Hello,
    ProtocolError,
    Refused,
    Release,
    Report,
    Request,
    Towards,
)
from p4rsvp.wire.address import Address


def default_socket() -> Path:
    """Where the agent is looked for: $P4RSVP_HOST, or the usual place."""
    return Path(os.environ.get(SOCKET_VARIABLE) or DEFAULT_SOCKET)


class Client:
    """A connection. Make one with `connect`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: Path
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._path = path
        self._last_request = 0
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._listeners: dict[int, OnUpcall] = {}
        self._opening: dict[int, OnUpcall] = {}
        self._end: str | None = None
        self.on_end: Callable[[str], None] = lambda _: None
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, path: Path | None = None) -> Self:
        """Reach the agent; raises AgentGoneError where there is none."""
        where = path or default_socket()
        try:
            reader, writer = await asyncio.open_unix_connection(where)
        except OSError as error:
            raise AgentGoneError(
                f"no agent answers at {where} ({error.strerror}): start one with "
                f"`p4rsvp host --socket {where}`"
            ) from error
        client = cls(reader, writer, where)
        try:
            await client._greet()
        except BaseException:
            writer.close()
            raise
        client._reading = asyncio.create_task(client._read())
        return client

    async def close(self) -> None:
        """Leave; the agent releases what is open."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        self._writer.close()
        with suppress(OSError):  # the agent has gone before us
            await self._writer.wait_closed()

    async def _greet(self) -> None:
        protocol.write(self._writer, Hello())
        answer = await protocol.read(self._reader)
        if not isinstance(answer, Hello) or answer.version != VERSION:
            said = "nothing" if answer is None else repr(answer)
            raise AgentGoneError(
                f"the agent at {self._path} does not speak version {VERSION}: it said {said}"
            )

    # --- Host ---

    async def open(self, registration: Registration, on_upcall: OnUpcall) -> int:
        """SESSION."""
        frame = translation.open_request(self._next(), registration)
        self._opening[frame.request] = on_upcall
        return (await self._ask(frame)).app

    async def call(self, call: Call) -> None:
        """SENDER or RESERVE."""
        if isinstance(call, ApiSender):
            await self._ask(translation.send_request(self._next(), call))
        else:
            await self._ask(translation.reserve_request(self._next(), call))

    async def way_towards(self, destination: Address) -> Way:
        """By which interface data would go, and from which of its addresses."""
        done = await self._ask(Towards(request=self._next(), destination=bytes(destination)))
        return Way(translation.address(done.source), done.mtu_bytes)

    async def diagnose(self, question: Question) -> Diagnosis:
        """Ask the nodes on a path what they hold."""
        done = await self._ask(translation.diagnose_request(self._next(), question))
        return translation.diagnosis_of(done)

    async def release(self, app: int) -> None:
        """RELEASE."""
        self._listeners.pop(app, None)
        if self._end is None:
            await self._ask(Release(request=self._next(), app=app))

    # --- frames ---

    def _next(self) -> int:
        self._last_request += 1
        return self._last_request

    async def _ask(self, frame: Request) -> Done:
        if self._end is not None:
            raise AgentGoneError(self._end)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[frame.request] = answered
        try:
            protocol.write(self._writer, frame)
            answer = await answered
        finally:
            self._waiting.pop(frame.request, None)
        if isinstance(answer, Refused):
            raise CallError(answer.why)
        return answer

    async def _read(self) -> None:
        why = "it has closed the connection"
        try:
            while (frame := await protocol.read(self._reader)) is not None:
                if isinstance(frame, Report):
                    self._reported(translation.upcall_of(frame))
                elif isinstance(frame, Refused) and not frame.request:
                    why = frame.why
                elif isinstance(frame, Done | Refused):
                    self._answered(frame)
        except ProtocolError as error:
            why = str(error)
        except asyncio.CancelledError:
            why = "the connection was closed here"
            raise
        finally:
            self._ended(f"the agent at {self._path} is gone: {why}")

    def _answered(self, frame: Answer) -> None:
        answered = self._waiting.get(frame.request)
        on_upcall = self._opening.pop(frame.request, None)
        if on_upcall is not None and isinstance(frame, Done):
            if answered is None:  # whoever asked has been cancelled meanwhile
                protocol.write(self._writer, Release(request=self._next(), app=frame.app))
                return
            # Before any report of it is read, so that none is lost.
            self._listeners[frame.app] = on_upcall
        if answered is not None and not answered.done():
            answered.set_result(frame)

    def _reported(self, upcall: Upcall) -> None:
        on_upcall = self._listeners.get(upcall.app)
        if on_upcall is not None:
            on_upcall(upcall)

    def _ended(self, why: str) -> None:
        self._end = why
        self._writer.close()
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(AgentGoneError(why))
        self.on_end(why)
