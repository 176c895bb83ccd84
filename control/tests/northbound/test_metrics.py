"""What Prometheus is told of a daemon that runs."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packet.softswitch import Softswitch
from prometheus_client.parser import text_string_to_metric_families
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from p4rsvp.northbound.metrics import MetricsServer
from p4rsvp.wire.tspec import Tspec
from tests.daemon.files import interface
from tests.daemon.rig import Rig, host, mac, own_mac
from tests.daemon.test_daemon import path, reserve

METRICS = '[metrics]\naddress = "127.0.0.1:0"\nreservations = true\n'
RECORDER = '[recorder]\nfile = "r1.tape"\n'
PATIENCE_S = 20.0
SESSION = "10.0.2.2/17:5004"

# Of a daemon that takes its routes from the kernel.
OF_A_KERNEL = {"p4rsvp_kernel_readings_total", "p4rsvp_kernel_overflows_total"}

Labels = dict[str, str]
Scrape = Callable[[], dict[tuple[str, frozenset[tuple[str, str]]], float]]


@pytest.fixture
def rig(switch: Softswitch, tmp_path: Path) -> Iterator[Rig]:
    with Rig(switch, tmp_path, interface(1), interface(2), METRICS, RECORDER) as made:
        made.meet(1)
        made.meet(2)
        yield made


@pytest.fixture
def served(rig: Rig) -> Iterator[Callable[[], str]]:
    server = MetricsServer(rig.daemon)

    def ask() -> str:
        url = f"http://127.0.0.1:{server.port}/metrics"
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            text: str = answer.read().decode()
            return text

    rig.call(server.start())
    yield ask
    rig.call(server.stop())


@pytest.fixture
def scrape(served: Callable[[], str]) -> Scrape:
    return lambda: {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(served())
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"p4rsvp_{name}", frozenset(labels.items())


def test_a_reservation_shows_in_messages_states_budgets_and_transactions(
    rig: Rig, scrape: Scrape
) -> None:
    reserve(rig)
    rig.receive(1)
    rig.settle()
    told = scrape()
    assert told[key("messages_received_total", type="path")] == 1
    assert told[key("messages_sent_total", type="resv")] == 1
    assert told[key("states", kind="session")] == told[key("states", kind="path")] == 1
    assert told[key("states", kind="known_message")] == 2
    assert told[key("reservations", interface="2")] == 1
    labels = {"interface": "2", "service": "controlled_load"}
    limit = told[key("budget_rate_bytes_per_second", kind="limit", **labels)]
    reserved = told[key("budget_rate_bytes_per_second", kind="reserved", **labels)]
    assert 100_000 < reserved < limit == 5e6
    assert told[key("transactions_total", result="installed")] == 1
    assert told[key("switch_primary")] == told[key("switch_settled")] == 1
    assert told[key("switch_readings_total")] == 1
    assert told[key("punted_packets_total", reason="rsvp")] == 2
    assert told[key("recorded_events_total")] > 2
    assert told[key("info", version="0.1.0", router="p4rsvp")] == 1


def test_what_is_refused_shows_with_its_error(rig: Rig, scrape: Scrape) -> None:
    reserve(rig, Tspec(50e6, 5_000.0, 60e6, 64, 1500))
    rig.receive(2)
    refused = [
        (dict(labels), value)
        for (name, labels), value in scrape().items()
        if name == "p4rsvp_requests_refused_total"
    ]
    ((labels, value),) = refused
    assert (labels["code"], labels["error"]) == ("1", "admission_control_failure")
    assert value == 1


def test_nonsense_shows_by_its_type_and_as_one_series_for_all_unknown_types(
    rig: Rig, scrape: Scrape
) -> None:
    for number in (77, 78, 2):
        message = bytes((0x10, number, 0, 0, 64, 0, 0, 8))
        datagram = IP(src=str(host(1)), dst="10.0.1.1", proto=46) / message
        rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / datagram))
    rig.send(1, path(), host(2), alert=True)
    rig.receive(2)  # by then all three have been taken
    told = scrape()
    assert told[key("messages_unused_total", type="unknown", result="malformed")] == 2
    assert told[key("messages_unused_total", type="resv", result="malformed")] == 1


def test_the_traffic_of_each_reservation_is_told_where_that_is_wanted(
    rig: Rig, scrape: Scrape
) -> None:
    reserve(rig)
    rig.receive(1)
    rig.settle()
    data = IP(src=str(host(1)), dst=str(host(2))) / UDP(sport=4000, dport=5004)
    rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / data))
    rig.collect()
    counted = {
        dict(labels)["verdict"]: value
        for (name, labels), value in scrape().items()
        if name == "p4rsvp_reservation_packets_total" and dict(labels)["session"] == SESSION
    }
    assert counted == {"sent": 1, "demoted": 0, "dropped": 0}


def test_the_lag_of_the_loop_is_measured(scrape: Scrape) -> None:
    assert key("loop_lag_seconds_count") in scrape()


def test_every_metric_is_in_the_documentation_and_no_other(served: Callable[[], str]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = {
        name
        for row in re.findall(r"^\| (`p4rsvp_[^|]*)\|", page, re.MULTILINE)
        for name in re.findall(r"`(p4rsvp_\w+)`", row)
    }
    told = set(re.findall(r"^# TYPE (p4rsvp_\w+)", served(), re.MULTILINE))
    assert listed - OF_A_KERNEL == {name for name in told if not name.endswith("_created")}
