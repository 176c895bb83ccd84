"""Has a daemon follow the kernel's tables: the file's `[routes]` on one side, the Rib on the other.

Changes are taken a few at a time, so that a table of many routes keeps no packet waiting.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from p4rsvp.daemon.kernel.monitor import KernelMonitor
from p4rsvp.daemon.kernel.tables import (
    Change,
    KernelTables,
    LinkIs,
    NeighbourIs,
    RouteIs,
    Rule,
    TreeIs,
)
from p4rsvp.daemon.rib import Rib, Tree, Update
from p4rsvp.daemon.router import RouterConfig
from p4rsvp.engine.events import Prefix

_CHANGES_PER_TURN: Final = 128


class Following:
    """The kernel's tables, as a daemon follows them."""

    def __init__(
        self,
        config: RouterConfig,
        rib: Rib,
        apply: Callable[[Update], None],
        heard: Callable[[NeighbourIs], None],
    ) -> None:
        """Follow what the file names; `apply` and `heard` are the daemon's."""
        self._config = config
        self._rib = rib
        self._apply = apply
        self._heard = heard
        self._waiting: deque[Change] = deque()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        table = config.settings.routes
        self.monitor = KernelMonitor(
            KernelTables(config.devices, Rule(table.table, config.protocols)),
            self._changed,
            namespace=table.namespace,
            trees=table.multicast,
            neighbours=table.neighbours,
        )

    async def start(self) -> None:
        """Begin; wait until what the kernel holds now has been taken over."""
        await self.monitor.start()
        await self._is_idle.wait()

    def close(self) -> None:
        """End."""
        self.monitor.close()
        self._waiting.clear()

    def _changed(self, changes: Iterable[Change]) -> None:
        self._waiting.extend(changes)
        if self._waiting and self._is_idle.is_set():
            self._is_idle.clear()
            self._take()

    def _take(self) -> None:
        for _ in range(min(_CHANGES_PER_TURN, len(self._waiting))):
            self._carry_out(self._waiting.popleft())
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._take)
        else:
            self._is_idle.set()

    def _carry_out(self, change: Change) -> None:
        match change:
            case RouteIs(destination, way):
                self._apply(self._rib.set_route(destination, way))
            case TreeIs(group, source, incoming, outgoing):
                tree = Tree(incoming, outgoing) if outgoing else None
                self._apply(self._rib.set_tree(group, source, tree))
            case LinkIs(number, is_up, networks):
                self._apply(
                    self._rib.set_link(number, self._networks(number, networks) if is_up else None)
                )
            case NeighbourIs():
                self._heard(change)

    def _networks(self, number: int, networks: tuple[Prefix, ...]) -> tuple[Prefix, ...]:
        """The addresses of an interface: the kernel's, if they are to be followed.

        Link-local ones are left out, since their prefix is on every link.
        """
        if not self._config.settings.routes.addresses:
            return self._config.interfaces[number].networks
        return tuple(one for one in networks if not one.address.is_link_local)
