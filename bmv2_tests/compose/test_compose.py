"""The lab in containers: what docker-compose.yml describes carries packets and reservations."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import p4rsvp
from compose.composed import DOCKER, ROOT, Composed

START_TIMEOUT_S = 240.0  # both switches and daemons may have to compile first, on a busy machine
ANSWER_TIMEOUT_S = 10.0

# A host that is reached answers at a closed port, by ICMP: so packets pass in both directions.
PROBE = """
import socket
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.settimeout(1)
probe.connect(("10.0.2.2", 9))
probe.send(b"?")
try:
    probe.recv(1)
except ConnectionRefusedError:
    raise SystemExit(0)
"""
DASHBOARD = "grafana/dashboards/p4rsvp.json"
SCRAPE = """
from urllib.request import urlopen
print(urlopen("http://127.0.0.1:9105/metrics", timeout=5).read().decode())
"""


@pytest.fixture(scope="module", params=["softswitch", "bmv2"])
def lab(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Composed]:
    """The whole lab with one kind of switch, once its routers forward."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("network namespaces need root and iproute2")
    if request.param == "bmv2" and not shutil.which("simple_switch_grpc"):
        pytest.skip("simple_switch_grpc is not on the PATH")
    with Composed(request.param, tmp_path_factory.mktemp(request.param)) as running:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while running.run("h1", sys.executable, "-c", PROBE).returncode != 0:
            assert time.monotonic() < deadline_s, running.logs()
        yield running


def test_a_receiver_gets_its_reservation_through_both_routers(lab: Composed) -> None:
    async def reserve() -> str:
        async with (
            p4rsvp.Session("10.0.2.2:5004", socket=lab.socket("h1")) as sender,
            p4rsvp.Session("10.0.2.2:5004", socket=lab.socket("h2")) as receiver,
        ):
            await receiver.reserve("1 Mbit/s")
            await sender.send("1 Mbit/s")
            confirmed = await asyncio.wait_for(receiver.until(p4rsvp.Confirmed), ANSWER_TIMEOUT_S)
            await asyncio.wait_for(sender.until(p4rsvp.Reserved), ANSWER_TIMEOUT_S)
            return str(confirmed)

    assert "the reservation stands" in asyncio.run(reserve())


@pytest.mark.parametrize("router", ["r1", "r2"])
def test_a_daemon_answers_at_the_socket_that_the_file_names(lab: Composed, router: str) -> None:
    service = next(name for name in lab.services if name.startswith(router))
    socket = str(lab.socket(f"{router}.sock"))
    shown = lab.run(service, "p4rsvp", "show", "interfaces", "--json", "--socket", socket)
    assert shown.returncode == 0, shown.stderr
    assert f"to-h{router[1]}" in shown.stdout


def test_prometheus_gets_every_figure_that_the_dashboard_shows(lab: Composed) -> None:
    service = next(name for name in lab.services if name.startswith("r1"))
    scraped = lab.run(service, sys.executable, "-c", SCRAPE)
    assert scraped.returncode == 0, scraped.stderr
    shown = set(re.findall(r"p4rsvp_\w+", (DOCKER / DASHBOARD).read_text()))
    offered = set(re.findall(r"^# TYPE (\w+)", scraped.stdout, re.MULTILINE))
    assert shown <= offered
    assert len(shown) > 10


def test_docker_compose_takes_the_file() -> None:
    if not shutil.which("docker-compose"):
        pytest.skip("docker-compose is not on the PATH")
    for profile in ("bmv2", "softswitch", "compile"):
        done = subprocess.run(
            ["docker-compose", "config", "--quiet"],
            cwd=ROOT,
            env=os.environ | {"COMPOSE_PROFILES": profile},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_every_file_that_an_image_or_a_container_takes_is_there() -> None:
    for file in ("bmv2.Dockerfile", "p4rsvp.Dockerfile"):
        for line in (ROOT / "ci" / "docker" / file).read_text().splitlines():
            words = line.split()
            if words[:1] == ["COPY"] and not words[1].startswith("--from="):
                sources = [Path(word) for word in words[1:-1] if not word.startswith("--")]
                assert all((ROOT / source).exists() for source in sources), line
