"""What a router holds, as messages of the API. The traffic is what its caller has read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from p4rsvp.daemon.daemon import Daemon
from p4rsvp.daemon.logs import session_text
from p4rsvp.engine.config import InterfaceConfig
from p4rsvp.engine.state import Psb, SessionState, Tcsb
from p4rsvp.intserv.admission import ClassLimit, LinkBudget
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.security.rations import Shortage
from p4rsvp.target.numbers import Verdict, reservation_cell
from p4rsvp.target.session import Traffic
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.text.core import describe
from p4rsvp.wire.tspec import SenderTspec

NO_TRAFFIC = Traffic(0, 0)


def sessions(daemon: Daemon) -> Iterator[pb.SessionState]:
    """One for each session."""
    for state in daemon.node.sessions.values():
        yield pb.SessionState(
            session=session_text(state.session),
            senders=len(state.psbs),
            reservations=len(state.tcsbs),
        )


def senders(daemon: Daemon) -> Iterator[pb.SenderState]:
    """One for each block of path state."""
    for state in daemon.node.sessions.values():
        for psb in state.psbs:
            yield _sender(state, psb)


def _sender(state: SessionState, psb: Psb) -> pb.SenderState:
    tspec = psb.tspec.tspec if isinstance(psb.tspec, SenderTspec) else None
    return pb.SenderState(
        session=session_text(state.session),
        sender=sender_text(psb.selector),
        incoming_interface=max(psb.interface, 0),
        previous_hop=str(psb.hop.address) if psb.hop else "",
        outgoing_interfaces=[out.interface for out in psb.outs if out.interface > 0],
        token_rate_bytes_per_s=tspec.token_rate_bytes_per_s if tspec else 0,
        bucket_bytes=tspec.bucket_bytes if tspec else 0,
        non_rsvp_hop=psb.non_rsvp,
    )


def sender_text(selector: Selector) -> str:
    """A sender as operators write it."""
    return " ".join(describe(selector))


def traffic_cells(daemon: Daemon) -> list[int]:
    """The cells of `reservation_traffic` that `reservations` wants to know."""
    indices = [_index(daemon, tcsb) for tcsb in _tcsbs(daemon)]
    return [reservation_cell(index, verdict) for index in indices if index for verdict in Verdict]


async def read_reservations(daemon: Daemon) -> list[pb.ReservationState]:
    """All reservations, with what the switch has counted; without it while there is no session."""
    cells = traffic_cells(daemon)
    read: dict[int, Traffic] = {}
    if cells and daemon.session.is_primary:
        read = await daemon.session.traffic("reservation_traffic", cells)
    return list(reservations(daemon, read))


def reservations(daemon: Daemon, traffic: Mapping[int, Traffic]) -> Iterator[pb.ReservationState]:
    """One for each reservation on an interface of ours."""
    for tcsb in _tcsbs(daemon):
        held = tcsb.installed or tcsb.wanted
        index = _index(daemon, tcsb)
        if held is None:
            continue
        style = tcsb.session.style
        sent, demoted, dropped = (
            _traffic(traffic, reservation_cell(index, verdict)) for verdict in Verdict
        )
        yield pb.ReservationState(
            session=session_text(tcsb.session.session),
            senders=[sender_text(one) for one in held.selectors],
            outgoing_interface=tcsb.interface,
            style=style.id.name if style and style.id else "",
            service=held.flowspec.service.name.lower(),
            token_rate_bytes_per_s=held.flowspec.tspec.token_rate_bytes_per_s,
            bucket_bytes=held.flowspec.tspec.bucket_bytes,
            switch_index=index,
            status=pb.ReservationState.STATUS_INSTALLED
            if tcsb.installed
            else pb.ReservationState.STATUS_PENDING,
            sent=sent,
            demoted=demoted,
            dropped=dropped,
            link_rate_bytes_per_s=held.demand.rate_bytes_per_s if held.demand else 0,
        )


def _tcsbs(daemon: Daemon) -> Iterator[Tcsb]:
    for state in daemon.node.sessions.values():
        yield from (tcsb for tcsb in state.tcsbs if tcsb.interface > 0)


def _index(daemon: Daemon, tcsb: Tcsb) -> int:
    reservation = daemon.planner.reservation(tcsb.interface, tcsb.rhandle)
    return reservation.index if reservation else 0


def _traffic(read: Mapping[int, Traffic], cell: int) -> pb.Traffic:
    packets, counted_bytes = read.get(cell, NO_TRAFFIC)
    return pb.Traffic(packets=packets, bytes=counted_bytes)


def neighbors(daemon: Daemon) -> Iterator[pb.NeighborState]:
    """One for each neighbour whose link address is known."""
    for (interface, address), mac in daemon.links.neighbours.known():
        yield pb.NeighborState(interface=interface, address=str(address), mac=mac.hex(":"))


def interfaces(daemon: Daemon) -> Iterator[pb.InterfaceState]:
    """One for each interface of the file, with its budgets where it is up."""
    for interface in daemon.config.node.interfaces:
        now = daemon.node.interfaces.get(interface.id)
        state = pb.InterfaceState(
            interface=interface.id,
            name=interface.name,
            rsvp=interface.rsvp,
            rate_bytes_per_s=interface.link.rate_bytes_per_s,
        )
        if now is not None:
            state.MergeFrom(_at_work(daemon, now))
        yield state


def _at_work(daemon: Daemon, interface: InterfaceConfig) -> pb.InterfaceState:
    link = interface.link
    budget = daemon.node.controls[interface.id].budget
    return pb.InterfaceState(
        up=True,
        addresses=map(str, interface.addresses),
        guaranteed=_budget(budget, link.guaranteed, Service.GUARANTEED),
        controlled_load=_budget(budget, link.controlled_load, Service.CONTROLLED_LOAD),
        reservable_rate_bytes_per_s=link.reservable_rate_bytes_per_s,
        reserved_rate_bytes_per_s=budget.rate_bytes_per_s(),
        reservations=len(budget),
    )


def _budget(budget: LinkBudget[int], limit: ClassLimit, service: Service) -> pb.Budget:
    return pb.Budget(
        rate_bytes_per_s=limit.rate_bytes_per_s,
        reserved_rate_bytes_per_s=budget.rate_bytes_per_s(service),
        burst_bytes=limit.burst_bytes,
        reserved_burst_bytes=budget.burst_bytes(service),
    )


def counters(daemon: Daemon) -> dict[str, int]:
    """All that is counted, by names that tell their unit."""
    counted = daemon.node.counters
    found = {f"received_{kind.name.lower()}_messages": n for kind, n in counted.received.items()}
    found |= {f"sent_{kind.name.lower()}_messages": n for kind, n in counted.sent.items()}
    found |= {f"{kind.name.lower()}_facts": n for kind, n in counted.traces.items()}
    refused = daemon.guarding.guard.faults.counts
    found |= {f"integrity_{fault.title}_messages": n for fault, n in refused.items()}
    if daemon.decisions is not None:
        found["decision_point_questions"] = daemon.decisions.asked
        found["decision_point_failures"] = daemon.decisions.failed
        found["undecided_messages"] = len(daemon.node.pending)
    if daemon.accounts is not None:
        found["lost_account_lines"] = daemon.accounts.file.lost_lines
    withheld = daemon.rations.withheld
    found |= {f"withheld_from_{whose.value}_messages": withheld[whose] for whose in Shortage}
    return found | {
        "known_refreshes_messages": daemon.front.known,
        "path_states": counted.path_states,
        "half_open_path_states": daemon.node.holders.half_open.total,
        "reservation_states": counted.reservation_states,
        "unusable_punts_packets": daemon.links.unusable,
        "dropped_out_packets": daemon.session.packets_dropped,
        "cells_to_write": daemon.reconciler.backlog,
    }
