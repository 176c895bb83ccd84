"""What tests of the target ask for: reservations of a small node, as the engine would."""

from __future__ import annotations

from p4rsvp.engine.effects import AddFilter, AddFlowspec, Operation, PoliceFlag
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig, Plan, plan
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.target.interface import REPLICATION
from p4rsvp.target.plan import Departure, Planner
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import SE, WF
from p4rsvp.wire.tspec import Tspec

LINK = LinkConfig(
    rate_bytes_per_s=1_250_000_000,
    mtu_bytes=1500,
    guaranteed=ClassLimit(400_000_000, 100_000),
    controlled_load=ClassLimit(400_000_000, 100_000),
    best_effort_rate_bytes_per_s=100_000,
    control_rate_bytes_per_s=10_000,
    control_burst_bytes=10_000,
)
UNICAST = Session(Address.parse("192.0.2.9"), 17, 5004)
GROUP = Session(Address.parse("239.1.1.1"), 17, 5004)
ONE, OTHER = (PortSelector(Address.parse("198.51.100.1"), port) for port in (1, 2))
NOTHING = PoliceFlag(0)


def planner() -> Planner:
    """Interfaces 1 and 2, and that of the replication port."""
    departures = (Departure(i, port=i, mac=i, vlan_id=0, mtu_bytes=1500) for i in (1, 2))
    return Planner((*departures, REPLICATION))


def planned(rate: int) -> Plan:
    tspec = Tspec(float(rate), 3000.0, 2.0 * rate, 64, 1500)
    flowspec = Flowspec(Service.CONTROLLED_LOAD, tspec)
    return plan(LINK, flowspec, tspec, NO_DISTORTION, entry=False)


def reserve(
    interface: int, rhandle: int, session: Session, *senders: PortSelector, rate: int = 10_000
) -> list[Operation]:
    style = SE if senders else WF
    filters = senders or (None,)
    return [
        AddFlowspec(interface, rhandle, session, style, planned(rate), NOTHING),
        *(AddFilter(interface, rhandle, session, one) for one in filters),
    ]
