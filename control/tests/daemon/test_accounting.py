"""Accounts of a daemon: what is recorded of a reservation, and what survives which accident."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.cli import main
from p4rsvp.daemon.accounting.accounts import Accounts
from p4rsvp.daemon.accounting.lines import Lines, LinesFile
from p4rsvp.daemon.accounting.sums import summed
from p4rsvp.engine.config import NodeConfig
from p4rsvp.engine.effects import Account
from p4rsvp.engine.node import Node
from p4rsvp.target.numbers import Verdict, reservation_cell
from p4rsvp.target.session import Traffic
from p4rsvp.wire.style import FF
from tests.engine.rig import S1, UNI, Outcome, Rig, want
from tests.security.priorities import preemptive, weight
from tests.security.test_policy import said
from tests.security.test_preemption import asks, session

HOUR_NS = 3_600 * 10**9


def accounts_of(outcome: Outcome) -> list[Account]:
    return [effect for effect in outcome.effects if isinstance(effect, Account)]


def keeping(rig: Rig) -> Rig:
    """The same rig with a node that tells of reservations."""
    config = replace(rig.node.config, accounts=True)
    assert isinstance(config, NodeConfig)
    rig.node.config = config
    assert isinstance(rig.node, Node)
    return rig


class Books:
    """Accounts with a switch that counts what it is told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now_ns = 0
        self.is_away = False
        self.delay_rounds = 0  # of the event loop, until the next reading is answered
        self.counters: dict[int, Traffic] = {}
        self.it = Accounts(
            LinesFile(path),
            "r1",
            0,
            read=self._read,
            index_of=lambda _, __: 7,
            wall_ns=lambda: self.now_ns,
        )

    async def _read(self, cells: list[int]) -> dict[int, Traffic]:
        if self.is_away:
            raise ConnectionError("gone")
        found = {cell: self.counters.get(cell, Traffic(0, 0)) for cell in cells}
        rounds, self.delay_rounds = self.delay_rounds, 0
        for _ in range(rounds):
            await asyncio.sleep(0)
        return found

    def carries(self, verdict: Verdict, packets: int) -> None:
        self.counters[reservation_cell(7, verdict)] = Traffic(packets, 100 * packets)

    def take(self, outcome: Outcome) -> None:
        for account in accounts_of(outcome):
            self.it.take(account)
        asyncio.run(self.it._settle())

    def interim(self) -> None:
        asyncio.run(self.it._interim())

    def close(self) -> None:
        asyncio.run(self.it.close())

    def records(self) -> list[dict[str, Any]]:
        return list(Lines([self.path]))


@pytest.fixture
def rig() -> Rig:
    made = keeping(Rig())
    made.path(S1, session=UNI)
    return made


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "accounts.jsonl")


def reserve(rig: Rig, multiple: int = 4) -> Outcome:
    return rig.resv(FF, want(multiple, S1), session=UNI, policy=said("CN=Ann"))


def tear(rig: Rig) -> Outcome:
    return rig.resv_tear(FF, want(None, S1), session=UNI)


def test_a_reservation_is_recorded_from_its_start_to_its_stop(rig: Rig, books: Books) -> None:
    books.carries(Verdict.SENT, 1_000)  # another's, before
    books.take(reserve(rig))
    books.carries(Verdict.SENT, 1_010)
    books.carries(Verdict.DEMOTED, 3)
    books.now_ns = HOUR_NS
    books.take(reserve(rig, 5))
    books.interim()
    books.now_ns = 2 * HOUR_NS
    books.carries(Verdict.SENT, 1_025)
    books.take(tear(rig))
    found = books.records()
    assert [one["record"] for one in found] == ["start", "change", "interim", "stop"]
    assert len({one["id"] for one in found}) == 1
    first, change, interim, last = found
    assert (first["users"], first["session"]) == (["CN=Ann"], "10.9.0.9/17:5000")
    assert (first["token_rate_bytes_per_s"], change["token_rate_bytes_per_s"]) == (4_000, 5_000)
    assert (interim["sent_packets"], interim["demoted_bytes"]) == (10, 300)
    assert (last["sent_packets"], last["sent_bytes"]) == (25, 2_500)
    assert last["duration_s"] == 7_200
    assert last["cause"] == "torn down by who had asked for it"
    assert last["time"] == "1970-01-01T02:00:00.000Z"


def test_an_end_is_not_read_before_the_beginning(rig: Rig, books: Books) -> None:
    books.delay_rounds = 5
    for account in accounts_of(reserve(rig)):
        books.it.take(account)

    async def end_at_once() -> None:
        first = asyncio.create_task(books.it._settle())
        await asyncio.sleep(0)  # it asks the switch, which takes its time
        books.carries(Verdict.SENT, 1_010)
        await asyncio.gather(first, books.it.close())

    books.carries(Verdict.SENT, 1_000)  # another's, before
    asyncio.run(end_at_once())
    assert [one.get("sent_packets") for one in books.records()][-1] == 10


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        (tear, "torn down by who had asked for it"),
        (lambda rig: rig.path_tear(S1, session=UNI), "its sender has gone"),
        (lambda rig: rig.wait(300_000), "nobody has refreshed it"),
        (lambda rig: rig.route(UNI.destination, 3), "routes or interfaces have changed"),
    ],
)
def test_it_says_why_a_reservation_has_ended(rig: Rig, deed: Any, cause: str) -> None:
    reserve(rig)
    (last,) = accounts_of(deed(rig))
    assert last.cause is not None
    assert last.cause.value == cause
    assert not rig.node.endings


def test_who_was_preempted_and_who_preempted_him_are_recorded() -> None:
    rig = keeping(preemptive())
    asks(rig, 1, weight(1))
    asks(rig, 2, weight(1))
    found = {one.session: one for one in accounts_of(asks(rig, 3, weight(2)))}
    cause = found[session(2)].cause
    assert cause is not None
    assert cause.value == "preempted by one of higher priority"
    assert found[session(3)].cause is None


def test_without_leave_nothing_is_told_of_reservations() -> None:
    rig = Rig()
    rig.path(S1, session=UNI)
    assert not accounts_of(reserve(rig))
    assert not accounts_of(tear(rig))
    assert not rig.node.endings


def test_a_switch_that_is_away_costs_counts_and_no_record(rig: Rig, books: Books) -> None:
    books.take(reserve(rig))
    books.carries(Verdict.SENT, 5)
    books.interim()
    books.is_away = True
    books.take(tear(rig))
    assert [one["sent_packets"] for one in books.records()] == [0, 5, 5]


def test_a_switch_that_restarts_counts_on(rig: Rig, books: Books) -> None:
    books.take(reserve(rig))
    books.carries(Verdict.SENT, 5)
    books.interim()
    books.carries(Verdict.SENT, 2)
    books.take(tear(rig))
    assert books.records()[-1]["sent_packets"] == 7


def test_when_the_daemon_stops_every_account_is_closed(rig: Rig, books: Books) -> None:
    books.take(reserve(rig))
    books.carries(Verdict.DROPPED, 4)
    books.close()
    last = books.records()[-1]
    assert (last["record"], last["cause"]) == ("stop", "the daemon has stopped")
    assert last["dropped_packets"] == 4


def test_a_file_that_was_moved_away_is_begun_anew(rig: Rig, books: Books) -> None:
    books.take(reserve(rig))
    old = books.path.rename(books.path.with_suffix(".1"))
    books.it.file.reopen()
    books.take(tear(rig))
    assert [one["record"] for one in Lines([old])] == ["start"]
    assert [one["record"] for one in books.records()] == ["stop"]
    assert [one["record"] for one in Lines([old, books.path])] == ["start", "stop"]


@given(st.integers(2, 20))
def test_a_line_that_was_torn_costs_itself_only(cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "accounts.jsonl")
        file = LinesFile(path)
        file.append([{"id": "one", "record": "start"}, {"id": "two", "record": "start"}])
        file.close()
        path.write_bytes(path.read_bytes()[:-cut])
        again = LinesFile(path)
        again.append([{"id": "three", "record": "start"}])
        again.close()
        lines = Lines([path])
        assert [one["id"] for one in lines] == ["one", "three"]
        assert lines.unreadable == 1


def test_a_full_disk_keeps_lines_waiting() -> None:
    file = LinesFile(Path("/dev/full"))
    file.append([{"id": str(n)} for n in range(3)])
    assert file.lost_lines == 0
    assert len(file._waiting) == 3
    file.close()


def lines(*rows: tuple[str, str, str, int]) -> list[dict[str, Any]]:
    return [
        {"id": name, "record": kind, "time": time, "users": ["Ann"], "sent_bytes": sent}
        for name, kind, time, sent in rows
    ]


def test_what_was_carried_belongs_to_the_day_of_its_record() -> None:
    found = summed(
        lines(
            ("a", "start", "2026-01-01T23:00:00Z", 0),
            ("a", "interim", "2026-01-01T23:55:00Z", 10),
            ("b", "start", "2026-01-01T23:59:00Z", 0),
            ("a", "stop", "2026-01-02T00:05:00Z", 25),
        ),
        "day",
    )
    assert {day: one.amounts["sent_bytes"] for day, one in found.items()} == {
        "2026-01-01": 10,
        "2026-01-02": 15,
    }
    assert len(found["2026-01-01"].reservations) == 2


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 99)), max_size=30))
def test_days_sum_up_to_what_users_do(rows: list[tuple[str, int]]) -> None:
    totals = dict.fromkeys("abc", 0)
    found = []
    for place, (name, more) in enumerate(rows):
        totals[name] += more
        found.append((name, "interim", f"2026-01-{1 + place // 5:02}T", totals[name]))
    by_day, by_user = summed(lines(*found), "day"), summed(lines(*found), "user")
    assert sum(one.amounts["sent_bytes"] for one in by_day.values()) == sum(totals.values())
    assert sum(one.amounts["sent_bytes"] for one in by_user.values()) == sum(totals.values())


def test_the_command_sums_up_with_units(tmp_path: Path) -> None:
    path = tmp_path / "accounts.jsonl"
    rows = lines(("a", "start", "2026-01-01T", 0), ("a", "stop", "2026-01-01T", 2_500_000))
    rows[1]["duration_s"] = 5_400
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"id": "torn')
    result = CliRunner().invoke(main, ["accounting", str(path)])
    assert result.exit_code == 0
    assert "1.50 h  2.5 MB" in result.output
    assert "1 lines are no records" in result.output
    result = CliRunner().invoke(main, ["accounting", "--json", "--by", "day", str(path)])
    assert '"sent_bytes": 2500000' in result.output
