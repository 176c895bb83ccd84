"""SENDER_TSPEC, FLOWSPEC and ADSPEC in words: the letters of RFC 2212 and 2215, and their units."""

from collections.abc import Iterator

from p4rsvp.wire.adspec import (
    Adspec,
    ControlledLoadFragment,
    GeneralFragment,
    GuaranteedFragment,
    Overrides,
)
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.text.core import describe, joined, octets
from p4rsvp.wire.text.units import duration, rate, size
from p4rsvp.wire.tspec import NullTspec, OpaqueTspec, SenderTspec, Tspec

_SERVICES = {
    Service.GUARANTEED: "guaranteed",
    Service.CONTROLLED_LOAD: "controlled load",
    Service.NULL: "Null Service",
}
_NO_LIMIT_BYTES = 0x7FFFFFFF  # and above: what senders write that set no limit
_UNKNOWN_LATENCY_US = 0xFFFFFFFF  # RFC 2215 3.4


def _tspec(tspec: Tspec) -> str:
    """r, b, p, m and M of RFC 2215 3.6."""
    maximum = tspec.max_packet_bytes
    if isinstance(tspec, NullTspec):
        return joined("no token bucket", f"M {maximum} B")
    return joined(
        f"r {rate(tspec.token_rate_bytes_per_s)}",
        f"b {size(tspec.bucket_bytes)}",
        f"p {rate(tspec.peak_rate_bytes_per_s)}",
        f"m {tspec.min_policed_bytes} B",
        "M unlimited" if maximum >= _NO_LIMIT_BYTES else f"M {maximum} B",
    )


@describe.register
def _(item: SenderTspec) -> list[str]:
    return [_tspec(item.tspec)]


@describe.register
def _(item: Flowspec) -> list[str]:
    lines = [_SERVICES[item.service], _tspec(item.tspec)]
    if item.rspec is not None:
        service_rate, slack = rate(item.rspec.rate_bytes_per_s), duration(item.rspec.slack_us)
        lines.append(joined(f"R {service_rate}", f"slack {slack}"))
    return lines


@describe.register(OpaqueFlowspec)
@describe.register(OpaqueTspec)
def _(item: OpaqueFlowspec | OpaqueTspec) -> list[str]:
    return [joined("of a service that is not known", octets(item.data))]


@describe.register
def _(item: Adspec) -> list[str]:
    """One line for the path, one for each service that the sender allows."""
    lines = [joined(*_path(item.general))]
    if item.general.break_bit:
        lines.append("a hop without integrated services lies on the path")
    if item.guaranteed is not None:
        lines.append(_guaranteed(item.guaranteed))
    if item.controlled_load is not None:
        lines.append(_controlled_load(item.controlled_load))
    lines += [
        joined(f"service {other.service}", _broken(broken=other.break_bit), octets(other.data))
        for other in item.others
    ]
    return lines


def _guaranteed(guaranteed: GuaranteedFragment) -> str:
    terms = guaranteed.terms
    sums = []
    if terms is not None:
        sums = [
            f"Ctot {size(terms.c_tot_bytes)}",
            f"Dtot {duration(terms.d_tot_us)}",
            f"Csum {size(terms.c_sum_bytes)}",
            f"Dsum {duration(terms.d_sum_us)}",
        ]
    return joined(
        "guaranteed", *sums, *_path(guaranteed.overrides), _broken(broken=guaranteed.break_bit)
    )


def _controlled_load(load: ControlledLoadFragment) -> str:
    return joined("controlled load", *_path(load.overrides), _broken(broken=load.break_bit))


def _path(values: GeneralFragment | Overrides) -> Iterator[str]:
    """The general parameters (RFC 2215 3); in a service's fragment, those that differ for it."""
    if values.is_hops is not None:
        yield f"{values.is_hops} IntServ hop{'' if values.is_hops == 1 else 's'}"
    bandwidth = values.path_bandwidth_bytes_per_s
    if bandwidth is not None:
        yield f"bandwidth {rate(bandwidth) if bandwidth else 'unknown'}"
    if values.min_path_latency_us is not None:
        unknown = values.min_path_latency_us == _UNKNOWN_LATENCY_US
        yield f"latency {'unknown' if unknown else duration(values.min_path_latency_us)}"
    if values.path_mtu_bytes is not None:
        yield f"MTU {values.path_mtu_bytes} B"
    for parameter in values.unknown:
        yield f"parameter {parameter.number}: {octets(parameter.data)}"


def _broken(*, broken: bool) -> str | None:
    return "not at every hop" if broken else None
