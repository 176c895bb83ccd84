"""A server that speaks as much of Open Policy Agent's data API as a client can tell, on loopback.

It runs on a loop of its own thread and decides by a function; a real HTTP peer, not a real OPA.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

PATH = "/v1/data/p4rsvp/decision"


class Opa:
    """Decides while it is entered."""

    def __init__(self, decide: Callable[[dict[str, Any]], Any]) -> None:
        self.decide = decide
        self.questions: list[dict[str, Any]] = []
        self.delay_s = 0.0
        self.raw: bytes | None = None  # what is answered in the place of a decision
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{PATH}"

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def stop(self) -> None:
        """Be gone: nobody listens there any more."""
        self._loop.call_soon_threadsafe(self._server.close)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # for transports to close

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except ConnectionError:
            pass  # who asked has not waited
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        body = json.loads(await reader.readexactly(int(fields["content-length"])))
        assert head.startswith(f"POST {PATH} HTTP/1.1")
        self.questions.append(body["input"])
        await asyncio.sleep(self.delay_s)
        if self.raw is not None:
            writer.write(self.raw)
        else:
            result = self.decide(body["input"])
            data = json.dumps({} if result is None else {"result": result}).encode()
            writer.write(_answer(data))
        await writer.drain()


def _answer(data: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    return head.encode() + b"\r\n\r\n" + data


def error(status: str) -> bytes:
    """An answer that is none."""
    return _answer(b'{"code": "internal_error"}', status)
