"""The agent at a Unix socket, for many programs.

A connection owns what was opened through it: when it ends, in whatever way, all of that is released
(RFC 2205 3.11.1). Nothing that one program does, says or leaves unread reaches another: who does
not keep to the protocol, or does not read its reports, is cut off. The socket file's directory and
mode decide who may come.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from pathlib import Path

from p4rsvp.engine.effects import Upcall
from p4rsvp.host import protocol, translation
from p4rsvp.host.agent import Agent
from p4rsvp.host.api import CallError
from p4rsvp.host.protocol import (
    VERSION,
    Diagnose,
    Done,
    Hello,
    Open,
    ProtocolError,
    Refused,
    Release,
    Request,
    Send,
    Towards,
)

LOG = logging.getLogger(__name__)

SOCKET_MODE = 0o660
UNREAD_BYTES_MAX = 4 << 20  # of reports, before a program that does not read is cut off


class Server:
    """The socket of one agent."""

    def __init__(self, agent: Agent, path: Path, mode: int = SOCKET_MODE) -> None:
        self._agent = agent
        self._path = path
        self._mode = mode
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; raises OSError, also where another agent does.

        A socket file that an agent before us has left is replaced.
        """
        if await _is_served(self._path):
            raise OSError(errno.EADDRINUSE, "another agent answers there", str(self._path))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        self._path.chmod(self._mode)

    async def stop(self) -> None:
        """Cut all off, and leave no socket behind."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._serving):
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)
        await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a server serves in tasks"
        self._serving.add(task)
        program = _Program(self._agent, writer)
        try:
            await program.serve(reader)
        except ProtocolError as error:
            LOG.warning("a program is cut off: %s", error)
            protocol.write(writer, Refused(request=0, why=str(error)))
        except asyncio.CancelledError:
            LOG.debug("a program is cut off, as the agent ends")
        finally:
            program.release_all()
            writer.close()
            self._serving.discard(task)


async def _is_served(path: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:  # nobody listens, or there is no file
        return False
    writer.close()
    return True


class _Program:
    """One connection and what it has opened."""

    def __init__(self, agent: Agent, writer: asyncio.StreamWriter) -> None:
        self._agent = agent
        self._writer = writer
        self._apps: set[int] = set()

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Carry out what is asked, one after the other, until the stream ends."""
        hello = await protocol.read(reader)
        if hello is None:
            return
        if not isinstance(hello, Hello):
            raise ProtocolError("the first frame has to be a hello")
        protocol.write(self._writer, Hello())
        if hello.version != VERSION:
            raise ProtocolError(f"this agent speaks version {VERSION}, not {hello.version}")
        while (frame := await protocol.read(reader)) is not None:
            if not isinstance(frame, Request):
                raise ProtocolError(f"a program does not send a {type(frame).__name__.lower()}")
            protocol.write(self._writer, await self._answer(frame))
            await self._writer.drain()

    def release_all(self) -> None:
        """The program has gone: nothing of it is left."""
        for app in self._apps:
            self._agent.forget(app)
        self._apps.clear()

    async def _answer(self, frame: Request) -> Done | Refused:
        try:
            return await self._carry_out(frame)
        except CallError as error:
            return Refused(request=frame.request, why=str(error))

    async def _carry_out(self, frame: Request) -> Done:
        if isinstance(frame, Open):
            app = await self._agent.open(translation.registration_of(frame), self._report)
            self._apps.add(app)
            return Done(request=frame.request, app=app)
        if isinstance(frame, Towards):
            way = await self._agent.way_towards(translation.address(frame.destination))
            return Done(request=frame.request, source=bytes(way.source), mtu_bytes=way.mtu_bytes)
        if isinstance(frame, Diagnose):
            diagnosis = await self._agent.diagnose(translation.question_of(frame))
            return translation.done_of(frame.request, diagnosis)
        if isinstance(frame, Release):
            if frame.app in self._apps:  # else it has been released already
                self._apps.discard(frame.app)
                self._agent.forget(frame.app)
            return Done(request=frame.request)
        if frame.app not in self._apps:
            raise CallError(f"there is no session {frame.app} of this program")
        await self._agent.call(
            translation.sender_of(frame)
            if isinstance(frame, Send)
            else translation.reserve_of(frame)
        )
        return Done(request=frame.request)

    def _report(self, upcall: Upcall) -> None:
        if self._writer.is_closing():
            return
        transport = self._writer.transport
        if transport.get_write_buffer_size() > UNREAD_BYTES_MAX:
            LOG.warning("a program that does not read its reports is cut off")
            transport.abort()
            return
        protocol.write(self._writer, translation.report_of(upcall))
