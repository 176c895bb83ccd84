"""The netlink socket: reads the kernel's tables, and then what changes in them.

One non-blocking socket on the daemon's event loop. What it gives is decoded by pyroute2, a datagram
at a time, so that a long table keeps nobody waiting. A reading (RTM_GET* with NLM_F_DUMP) replaces
all that was known; what is told while it goes on is taken afterwards, in order. Another one follows
when the kernel had to throw messages away (ENOBUFS), when a table changed under the reading
(NLM_F_DUMP_INTR), and when `KernelTables` asks for it.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pyroute2 import netns
from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
from pyroute2.netlink.rtnl.marshal import MarshalRtnl
from pyroute2.netlink.rtnl.ndmsg import ndmsg
from pyroute2.netlink.rtnl.rtmsg import rtmsg

from p4rsvp.daemon.kernel import facts
from p4rsvp.daemon.kernel.facts import Fact
from p4rsvp.daemon.kernel.tables import Change, KernelTables

LOG = logging.getLogger(__name__)

_AF_UNSPEC, _AF_IPMR, _AF_IP6MR = 0, 128, 129
_SOL_NETLINK, _ADD_MEMBERSHIP = 270, 1
_MULTICAST_FAMILIES: Final = {_AF_IPMR: socket.AF_INET, _AF_IP6MR: socket.AF_INET6}
_REQUEST_DUMP: Final = 0x1 | 0x300  # NLM_F_REQUEST | NLM_F_DUMP
_DUMP_INTERRUPTED: Final = 0x10
_DONE, _ERROR = 3, 2
_DATAGRAM_BYTES: Final = 32768  # the most that the kernel puts into one
_WAITING_BYTES: Final = 4 << 20  # of messages that the kernel keeps for us
_RETRY_S: Final = 0.1


class _Table(NamedTuple):
    """Something that can be read and followed."""

    message: type[Any]
    request: int  # RTM_GET*
    family: int
    group: int  # RTNLGRP_*


_LINKS: Final = _Table(ifinfmsg, 18, _AF_UNSPEC, 1)
_IPV4_ADDRESSES: Final = _Table(ifaddrmsg, 22, socket.AF_INET, 5)
_IPV6_ADDRESSES: Final = _Table(ifaddrmsg, 22, socket.AF_INET6, 9)
_IPV4_ROUTES: Final = _Table(rtmsg, 26, socket.AF_INET, 7)
_IPV6_ROUTES: Final = _Table(rtmsg, 26, socket.AF_INET6, 11)
_IPV4_TREES: Final = _Table(rtmsg, 26, _AF_IPMR, 6)
_IPV6_TREES: Final = _Table(rtmsg, 26, _AF_IP6MR, 10)
_NEIGHBOURS: Final = _Table(ndmsg, 30, _AF_UNSPEC, 3)
_ALWAYS: Final = (_LINKS, _IPV4_ADDRESSES, _IPV6_ADDRESSES, _IPV4_ROUTES, _IPV6_ROUTES)
_TREES: Final = (_IPV4_TREES, _IPV6_TREES)


class KernelMonitor:
    """Follows the tables of one network namespace, on the running event loop."""

    def __init__(
        self,
        tables: KernelTables,
        on_changes: Callable[[list[Change]], None],
        *,
        namespace: str = "",
        trees: bool = True,
        neighbours: bool = False,
    ) -> None:
        """Follow the tables of a named network namespace, or of our own."""
        self.readings = 0
        self.overflows = 0
        self._tables = tables
        self._on_changes = on_changes
        self._follows = (*_ALWAYS, *(_TREES if trees else ()), *((_NEIGHBOURS,) * neighbours))
        self._marshal = MarshalRtnl()
        self._loop = asyncio.get_running_loop()
        self._socket = _open(namespace, self._follows)
        self._port, _ = self._socket.getsockname()
        self._sequence = 0
        self._to_read: deque[_Table] = deque()
        self._read: list[Fact] | None = None  # None: no reading goes on
        self._meanwhile: list[Fact] = []
        self._was_interrupted = False
        self._retry: asyncio.TimerHandle | None = None
        self._is_known = asyncio.Event()

    async def start(self) -> None:
        """Begin to follow, and wait until all has been read once."""
        self._loop.add_reader(self._socket, self._readable)
        self._begin_reading()
        await self._is_known.wait()

    def close(self) -> None:
        """End."""
        if self._retry is not None:
            self._retry.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    # --- reading everything ---

    def _begin_reading(self) -> None:
        self._retry = None
        self._to_read = deque(self._follows)
        self._read, self._meanwhile, self._was_interrupted = [], [], False
        self._ask()

    def _ask(self) -> None:
        """Ask for the next table; the kernel answers one at a time."""
        table = self._to_read[0]
        self._sequence += 1
        question = table.message()
        question["family"] = table.family
        header = question["header"]
        header["type"], header["flags"] = table.request, _REQUEST_DUMP
        header["sequence_number"] = self._sequence
        question.encode()
        self._socket.send(question.data)

    def _table_done(self) -> None:
        self._to_read.popleft()
        if self._to_read:
            self._ask()
            return
        assert self._read is not None
        found, self._read = self._read, None
        meanwhile, self._meanwhile = self._meanwhile, []
        self.readings += 1
        changes = [*self._tables.replace(found), *self._tables.take(meanwhile)]
        self._tables.must_read |= self._was_interrupted
        self._on_changes(changes)
        self._is_known.set()
        self._read_again_if_needed()

    def _read_again_if_needed(self) -> None:
        """In a moment, in which more may happen that asks for it."""
        if self._tables.must_read and self._read is None and self._retry is None:
            self._retry = self._loop.call_later(_RETRY_S, self._begin_reading)

    # --- what comes in ---

    def _readable(self) -> None:
        """One datagram a turn, some 250 routes at most: packets come in between."""
        try:
            data = self._socket.recv(_DATAGRAM_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            self._overflowed()
            return
        self._take(data)

    def _overflowed(self) -> None:
        """The kernel has thrown messages away, maybe of the reading at hand."""
        self.overflows += 1
        LOG.warning("the kernel told more than was read in time: its tables are read anew")
        self._read, self._tables.must_read = None, True
        self._sequence += 1  # what may still come of that reading is not looked at
        self._read_again_if_needed()

    def _take(self, data: bytes) -> None:
        live: list[Fact] = []
        for message in self._marshal.parse(data):
            header = message["header"]
            # What others have done is told under their port and sequence number.
            is_answer = header["pid"] == self._port
            if is_answer and header["sequence_number"] != self._sequence:
                continue  # of a reading that has been given up
            self._was_interrupted |= bool(is_answer and header["flags"] & _DUMP_INTERRUPTED)
            if is_answer and header["type"] in {_DONE, _ERROR}:
                self._answered(header)
                continue
            fact = facts.read(_plain(message))
            if fact is None:
                continue
            if is_answer and self._read is not None:
                self._read.append(fact)
            elif self._read is not None:
                self._meanwhile.append(fact)
            else:
                live.append(fact)
        if live:
            self._on_changes(self._tables.take(live))
            self._read_again_if_needed()

    def _answered(self, header: dict[str, Any]) -> None:
        """A table has been read, or this kernel does not have it."""
        if self._read is None:
            return
        error = header["error"]
        if error is not None and error.code == errno.EBUSY:  # with a reading that was given up
            self._read, self._tables.must_read = None, True
            self._read_again_if_needed()
            return
        if error is not None:
            LOG.warning("the kernel has no table of family %d: %s", self._to_read[0].family, error)
        self._table_done()


def _plain(message: Any) -> Any:  # noqa: ANN401 (pyroute2 has no types)
    """Multicast routes under a name of their own; pyroute2 reads addresses of known families."""
    family = _MULTICAST_FAMILIES.get(message.get("family"))
    if family is not None and "ROUTE" in message.get("event", ""):
        message["family"] = family
        message["event"] = message["event"].replace("ROUTE", "TREE")
    return message


def _open(namespace: str, follows: tuple[_Table, ...]) -> socket.socket:
    """A socket in the namespace, which is told of changes from now on."""
    if namespace:
        netns.pushns(namespace)
    try:
        opened = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE
        )
    finally:
        if namespace:
            netns.popns()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WAITING_BYTES)
    opened.bind((0, 0))
    for group in {table.group for table in follows}:
        opened.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, group)
    return opened
