"""Start and stop of the server (server.py)."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest

from p4rsvp.p4rt.server import P4RuntimeServer, Tls
from tests.p4rt import entries
from tests.p4rt.rig import Bench, Controller, Rig
from tests.p4rt.test_streams import end_of, ipv4, process


def test_two_servers_cannot_have_one_port(rig: Rig) -> None:
    async def second() -> None:
        P4RuntimeServer(Bench(), address=rig.address)

    with pytest.raises(OSError, match="cannot listen"):
        rig.call(second())


def test_a_server_that_stops_ends_the_sessions() -> None:
    with Rig() as rig:
        controller = rig.controller()
    assert end_of(controller) in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}
    controller.close()


def test_a_stopped_server_no_longer_listens_to_the_switch() -> None:
    with Rig() as rig, rig.controller() as primary:
        primary.insert(table_entry=entries.route(action=entries.direct("punt", 9)))
    assert process(rig, 4, ipv4())[0][0] == 510  # to the CPU port, where nobody takes it


def test_a_file_of_tls_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    missing = Tls(tmp_path / "certificate", tmp_path / "key")
    with pytest.raises(FileNotFoundError):
        missing.credentials()


def test_a_stream_that_never_arbitrates_hears_nothing(rig: Rig) -> None:
    with Controller(rig.address) as silent, rig.controller() as primary:
        silent.finish()
        assert list(silent.stream) == []
        primary.insert(table_entry=entries.route())
