"""The accounts of a daemon: its file, its switch and its planner, put together."""

from __future__ import annotations

from collections.abc import Callable

from finsy import P4ClientError

from p4rsvp.daemon.accounting.accounts import Accounts
from p4rsvp.daemon.accounting.lines import LinesFile
from p4rsvp.daemon.router import RouterConfig
from p4rsvp.target.plan import Planner
from p4rsvp.target.session import SwitchSession, Traffic


def keep_accounts(
    config: RouterConfig, session: SwitchSession, planner: Planner, wall_ns: Callable[[], int]
) -> Accounts | None:
    """Keep accounts, where the file says so; raises OSError where they cannot be written."""
    table = config.settings.accounting
    if not table.file:
        return None

    async def read(cells: list[int]) -> dict[int, Traffic]:
        if not session.is_primary:
            raise ConnectionError("there is no session with the switch")
        try:
            return await session.traffic("reservation_traffic", cells)
        except P4ClientError as error:
            raise ConnectionError(str(error)) from error

    def index_of(interface: int, rhandle: int) -> int:
        found = planner.reservation(interface, rhandle)
        return found.index if found else 0

    return Accounts(
        LinesFile(config.file(table.file)),
        config.node.name,
        table.interim_s,
        read=read,
        index_of=index_of,
        wall_ns=wall_ns,
    )
