"""Metrics for Prometheus: what a daemon has counted and holds, read when somebody asks.

Nothing is counted for this module's sake but the lag of the event loop, so that metrics cost what a
scrape costs. prometheus-client serves HTTP on a thread of its own; what is asked of the daemon is
read on its loop, at one moment. docs/operations.md lists all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Final, TypeAlias
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from p4rsvp import __version__
from p4rsvp.daemon.daemon import Daemon
from p4rsvp.daemon.settings import host_and_port
from p4rsvp.engine.effects import TraceKind
from p4rsvp.intserv.admission import ClassLimit, LinkBudget
from p4rsvp.northbound import report
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.security.rations import Shortage
from p4rsvp.wire.codes import ErrorCode, MessageType
from p4rsvp.wire.intserv import Service

SCRAPE_TIMEOUT_S = 5.0
LAG_PERIOD_S = 0.25
_LAG_BUCKETS_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
_TYPES: Final = {int(kind): kind.name.lower() for kind in MessageType}

Rows: TypeAlias = Iterable[tuple[tuple[str, ...], float]]
_SERVICES: Final = {"guaranteed": Service.GUARANTEED, "controlled_load": Service.CONTROLLED_LOAD}


class MetricsServer:
    """The HTTP server of one daemon's metrics; start and stop it on the daemon's loop."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self.port = 0
        self._server: WSGIServer | None = None
        self._thread: Thread | None = None
        self._lag: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to serve, where the file says so; raises OSError where that is taken."""
        address = self._daemon.config.settings.metrics.address
        if not address:
            return
        host, port = host_and_port("address", address, lowest_port=0)
        registry = CollectorRegistry()
        registry.register(_Collector(self._daemon, asyncio.get_running_loop()))
        ProcessCollector(registry=registry)
        lag = Histogram(
            "p4rsvp_loop_lag_seconds",
            "How much later than asked for the event loop came back",
            buckets=_LAG_BUCKETS_S,
            registry=registry,
        )
        self._server, self._thread = start_http_server(port, host.strip("[]"), registry)
        self.port = self._server.server_port
        self._lag = asyncio.create_task(_measure(lag))

    async def stop(self) -> None:
        """End."""
        if self._server is None or self._thread is None or self._lag is None:
            return
        self._lag.cancel()
        with suppress(asyncio.CancelledError):
            await self._lag
        await asyncio.to_thread(self._server.shutdown)
        self._server.server_close()
        await asyncio.to_thread(self._thread.join)


async def _measure(lag: Histogram) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due_s = loop.time() + LAG_PERIOD_S
        await asyncio.sleep(LAG_PERIOD_S)
        lag.observe(max(loop.time() - due_s, 0.0))


class _Collector(Collector):
    """Asks the daemon, on its loop."""

    def __init__(self, daemon: Daemon, loop: asyncio.AbstractEventLoop) -> None:
        self._daemon = daemon
        self._loop = loop

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not wait for the loop that it runs on."""
        return ()

    def collect(self) -> Iterable[Metric]:
        asked = asyncio.run_coroutine_threadsafe(self._read(), self._loop)
        return asked.result(SCRAPE_TIMEOUT_S)

    async def _read(self) -> list[Metric]:
        found = [metric for group in _GROUPS for metric in group(self._daemon)]
        if self._daemon.config.settings.metrics.reservations:
            found += _reservations(await report.read_reservations(self._daemon))
        return found


def _gauge(name: str, text: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    metric = GaugeMetricFamily(f"p4rsvp_{name}", text, labels=labels)
    for values, number in rows:
        metric.add_metric(values, number)
    return metric


def _counter(name: str, text: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    metric = CounterMetricFamily(f"p4rsvp_{name}", text, labels=labels)
    for values, number in rows:
        metric.add_metric(values, number)
    return metric


def _one(number: float) -> Rows:
    return [((), number)]


def _type(number: int) -> str:
    """A message type; what no RFC names is one label, or a sender could make any number."""
    return _TYPES.get(number, "unknown")


def _messages(daemon: Daemon) -> Iterator[Metric]:
    counted = daemon.node.counters
    yield _counter(
        "messages_received",
        "RSVP messages that reached the engine and could be decoded",
        ("type",),
        [((_type(kind),), number) for kind, number in counted.received.items()],
    )
    unused: dict[tuple[str, str], int] = {}
    for (kind, why), number in counted.unused.items():
        key = _type(kind), _RESULTS[why]
        unused[key] = unused.get(key, 0) + number
    yield _counter(
        "messages_unused",
        "RSVP messages without effect: malformed, dropped, or passed on",
        ("type", "result"),
        unused.items(),
    )
    yield _counter(
        "messages_sent",
        "RSVP messages that the engine has sent",
        ("type",),
        [((_type(kind),), number) for kind, number in counted.sent.items()],
    )
    yield _counter(
        "known_refreshes",
        "RSVP messages that only repeated what is known, and never reached the engine",
        (),
        _one(daemon.front.known),
    )
    yield _counter(
        "facts",
        "Named facts, as in the log",
        ("fact",),
        [((kind.name.lower(),), counted.traces[kind]) for kind in TraceKind],
    )


_RESULTS: Final = {
    TraceKind.MALFORMED: "malformed",
    TraceKind.DROPPED: "dropped",
    TraceKind.NOT_FOR_US: "passed_on",
}


def _state(daemon: Daemon) -> Iterator[Metric]:
    node, counted = daemon.node, daemon.node.counters
    yield _gauge(
        "states",
        "State blocks in place (RFC 2209 1)",
        ("kind",),
        [
            (("session",), len(node.sessions)),
            (("path",), counted.path_states),
            (("half_open",), node.holders.half_open.total),
            (("reservation",), counted.reservation_states),
            (("transaction",), len(node.transactions)),
            (("known_message",), len(daemon.front.filter)),
            (("neighbor",), sum(1 for _ in daemon.links.neighbours.known())),
        ],
    )
    yield _counter(
        "requests_refused",
        "Requests refused, by the error that was answered (RFC 2205 appendix B)",
        ("code", "value", "error"),
        [
            ((str(code), str(value), _error_name(code)), number)
            for (code, value), number in counted.refused.items()
        ],
    )


def _error_name(code: int) -> str:
    return ErrorCode(code).name.lower() if code in set(ErrorCode) else "unknown"


def _admission(daemon: Daemon) -> Iterator[Metric]:
    rates: list[tuple[tuple[str, ...], float]] = []
    bursts: list[tuple[tuple[str, ...], float]] = []
    counts: list[tuple[tuple[str, ...], float]] = []
    for interface in daemon.node.interfaces.values():
        budget = daemon.node.controls[interface.id].budget
        counts.append(((str(interface.id),), len(budget)))
        limits = {
            "guaranteed": interface.link.guaranteed,
            "controlled_load": interface.link.controlled_load,
        }
        for service, limit in limits.items():
            _budget(rates, bursts, str(interface.id), service, limit, budget)
    labels = ("interface", "service", "kind")
    yield _gauge("budget_rate_bytes_per_second", "Rate that may be and is reserved", labels, rates)
    yield _gauge("budget_burst_bytes", "Bursts that may be and are admitted", labels, bursts)
    yield _gauge("reservations", "Reservations admitted", ("interface",), counts)


def _budget(
    rates: list[tuple[tuple[str, ...], float]],
    bursts: list[tuple[tuple[str, ...], float]],
    interface: str,
    service: str,
    limit: ClassLimit,
    budget: LinkBudget[int],
) -> None:
    kind = _SERVICES[service]
    rates.append(((interface, service, "limit"), limit.rate_bytes_per_s))
    rates.append(((interface, service, "reserved"), budget.rate_bytes_per_s(kind)))
    bursts.append(((interface, service, "limit"), limit.burst_bytes))
    bursts.append(((interface, service, "reserved"), budget.burst_bytes(kind)))


def _switch(daemon: Daemon) -> Iterator[Metric]:
    session, reconciler = daemon.session, daemon.reconciler
    yield _gauge("switch_primary", "1: may write to the switch", (), _one(session.is_primary))
    yield _gauge("switch_settled", "1: it holds what is desired", (), _one(reconciler.is_settled))
    yield _gauge("switch_backlog_cells", "Cells still to be written", (), _one(reconciler.backlog))
    yield _counter(
        "switch_readings", "Times that all of the switch was read", (), _one(session.readings)
    )
    yield _counter(
        "transactions",
        "Changes of reservations that the switch was asked for",
        ("result",),
        [
            (("installed",), reconciler.done[True]),
            (("refused",), reconciler.done[False]),
        ],
    )
    yield _counter(
        "p4runtime_errors",
        "Errors of RPCs and of single updates, by the code of gRPC",
        ("code",),
        [((code,), number) for code, number in session.errors.items()],
    )
    yield _counter(
        "punted_packets",
        "Packets that the switch gave to the daemon",
        ("reason",),
        [((kind.name.lower(),), number) for kind, number in daemon.links.punts.items()],
    )
    yield _counter(
        "integrity_refused_messages",
        "Messages that INTEGRITY refused, in and out",
        ("reason",),
        [((one.title,), number) for one, number in daemon.guarding.guard.faults.counts.items()],
    )
    yield _counter(
        "withheld_messages",
        "RSVP messages that were not looked at, by whose ration was used up",
        ("ration",),
        [((whose.value,), daemon.rations.withheld[whose]) for whose in Shortage],
    )
    yield _counter("punts_unusable", "Of them, without sense", (), _one(daemon.links.unusable))
    yield _counter(
        "packets_out_dropped",
        "Packets of ours that the switch did not take in time",
        (),
        _one(session.packets_dropped),
    )


def _sources(daemon: Daemon) -> Iterator[Metric]:
    yield _gauge("info", "Which p4rsvp", ("version", "router"), [_version(daemon)])
    kernel, tape = daemon.kernel, daemon.tape
    if kernel is not None:
        monitor = kernel.monitor
        yield _counter("kernel_readings", "Readings of its tables", (), _one(monitor.readings))
        yield _counter("kernel_overflows", "ENOBUFS of netlink", (), _one(monitor.overflows))
    if tape is not None:
        yield _counter("recorded_events", "Events on the tape", (), _one(tape.events))
        yield _gauge("recorder_failed", "1: it has ended", (), _one(tape.error is not None))


def _version(daemon: Daemon) -> tuple[tuple[str, ...], float]:
    return (__version__, daemon.node.config.name), 1.0


_GROUPS: Final[tuple[Callable[[Daemon], Iterator[Metric]], ...]] = (
    _sources,
    _messages,
    _state,
    _admission,
    _switch,
)


def _reservations(states: Iterable[pb.ReservationState]) -> Iterator[Metric]:
    """Of each reservation; the number of series is that of reservations, times three."""
    labels = ("session", "sender", "interface", "verdict")
    packets = CounterMetricFamily(
        "p4rsvp_reservation_packets", "As the switch counts", labels=labels
    )
    counted = CounterMetricFamily("p4rsvp_reservation_bytes", "As the switch counts", labels=labels)
    for one in states:
        for verdict in ("sent", "demoted", "dropped"):
            traffic: pb.Traffic = getattr(one, verdict)
            sender = " ".join(one.senders) if one.style == "FF" else ""
            values = (one.session, sender, str(one.outgoing_interface), verdict)
            packets.add_metric(values, traffic.packets)
            counted.add_metric(values, traffic.bytes)
    yield packets
    yield counted
