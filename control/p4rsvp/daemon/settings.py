"""What the configuration file may say: one struct for each table of TOML, with its bounds.

A unit is the last word of a key that holds a quantity. Rates are bits per second, as operators
count them; the shares divide a link's rate. What concerns more than one table is checked in
reading.py.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from p4rsvp.engine.config import Limits
from p4rsvp.target.capabilities import TARGETS

_LIMITS = Limits()

Positive = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Word = Annotated[int, Meta(ge=0, le=65535)]
Share = Annotated[float, Meta(ge=0, le=1)]
Target = Literal["softswitch", "bmv2", "dpdk"]
IntegrityMode = Literal["off", "accepted", "required"]
MacText = Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$")]


class Table(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A table that takes no other keys than its own."""


def host_and_port(key: str, text: str, *, lowest_port: int) -> tuple[str, int]:
    """The parts of HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not lowest_port <= int(port) < 65536:
        raise ValueError(f"{key} {text!r} is not HOST:PORT")
    return host, int(port)


class TlsTable(Table, frozen=True):
    """`[switch.tls]`: PEM files. The certificate is the daemon's own, for mutual TLS."""

    ca: str
    certificate: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        """A certificate and its key come together."""
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key are given both or not at all")


class SwitchTable(Table, frozen=True):
    """`[switch]`."""

    address: str  # HOST:PORT of its P4Runtime server
    p4info: str
    program: str  # what the compiler made: bmv2's JSON
    device_id: Positive = 1
    election_id: Positive = 10
    target: Target = "softswitch"
    tls: TlsTable | None = None

    def __post_init__(self) -> None:
        """An address has a port; the kinds of target are those that we know the meters of."""
        host_and_port("address", self.address, lowest_port=1)
        assert self.target in TARGETS


class PromiseTable(Table, frozen=True):
    """What a link's rate may be promised to, and RSVP's times on it: an operator's choices."""

    # The rest of the rate is whoever's comes first.
    guaranteed_share: Share = 0.4
    controlled_load_share: Share = 0.4
    best_effort_share: Share = 0.1
    control_share: Share = 0.02
    guaranteed_burst_bytes: Natural = 60_000
    controlled_load_burst_bytes: Natural = 250_000
    control_burst_bytes: Natural = 15_000
    # At an edge: bounds of its own before [punts], [messages] interface_per_s, and [limits].
    rsvp_punts_per_s: Positive | None = None  # of its port; the largest counts, where it has VLANs
    messages_per_s: Positive | None = None
    half_open_states: Positive | None = None
    latency_us: Natural = 0
    jitter_us: Natural = 0
    # What a frame takes of the rate, beside its bytes; both 0 where no wire is, as between veths.
    frame_min_bytes: Annotated[int, Meta(ge=0, le=1522)] = 64
    frame_gap_bytes: Annotated[int, Meta(ge=0, le=1000)] = 20
    rsvp: bool = True
    udp_encapsulation: bool = False
    listeners: bool = False  # hosts there may join groups, by IGMP and MLD
    non_rsvp_hop: bool = False
    refresh_period_ms: Annotated[int, Meta(ge=100, le=2**31)] = 30_000  # R
    lifetime_factor: Annotated[int, Meta(ge=1, le=100)] = 3  # K
    local_repair_delay_ms: Annotated[int, Meta(ge=0, le=600_000)] = 2_000  # W
    blockade_factor: Annotated[int, Meta(ge=1, le=100)] = 2  # Kb


class InterfaceTable(PromiseTable, frozen=True, kw_only=True):
    """`[[interface]]`: one IP interface, which is a port of the switch or one VLAN of it."""

    number: Annotated[int, Meta(ge=1, le=65534)]
    port: Annotated[int, Meta(ge=0, le=508)]  # 509 to 511 are the switch's own
    mac: MacText
    addresses: Annotated[tuple[str, ...], Meta(min_length=1)]
    rate_bits_per_s: Annotated[float, Meta(ge=1_000)]
    name: str = ""
    device: str = ""  # what the kernel calls it, where routes come from the kernel
    integrity: IntegrityMode | None = None  # None: as [integrity] says
    vlan_id: Annotated[int, Meta(ge=0, le=4094)] = 0
    mtu_bytes: Annotated[int, Meta(ge=576, le=65535)] = 1500


class RouteTable(Table, frozen=True):
    """`[[route]]`: a prefix, and the neighbour or the link that leads there."""

    destination: str
    interface: Positive
    via: str = ""  # a neighbour's address; empty where the destination is on the link


class MulticastRouteTable(Table, frozen=True):
    """`[[multicast_route]]`: a group, perhaps of one source, and where its members are."""

    group: str
    outgoing: tuple[Positive, ...] = ()  # besides the interfaces where hosts have joined
    incoming: Positive | None = None  # the interface towards the source; None: any
    source: str = ""


class RoutesTable(Table, frozen=True):
    """`[routes]`: where routes come from beside the file."""

    source: Literal["file", "kernel"] = "file"
    table: Annotated[int, Meta(ge=1, le=2**32 - 1)] = 254  # RT_TABLE_MAIN
    protocols: tuple[str | Annotated[int, Meta(ge=0, le=255)], ...] = ()  # none: all
    namespace: str = ""  # a network namespace of `ip netns`; empty: the daemon's own
    addresses: bool = False  # interfaces have the kernel's addresses, in the place of the file's
    multicast: bool = True
    neighbours: bool = False  # whom the kernel knows need not be asked for


class SenderProxyTable(Table, frozen=True):
    """`[[sender_proxy]]`: a host on a link that sends and does not speak RSVP."""

    interface: Positive
    sender: str  # ADDRESS:PORT
    destination: str  # ADDRESS:PORT
    token_rate_bits_per_s: Annotated[float, Meta(ge=8)]
    bucket_bytes: Positive
    protocol: Literal["udp", "tcp"] = "udp"
    peak_rate_bits_per_s: Annotated[float, Meta(ge=0)] = 0.0  # 0: unknown
    min_policed_bytes: Natural = 0  # 0: what the rate carries in 1 ms, 64 at least
    max_packet_bytes: Positive = 1500


class ReceiverProxyTable(Table, frozen=True):
    """`[[receiver_proxy]]`: a host on a link that receives and does not speak RSVP."""

    interface: Positive
    destination: str  # ADDRESS:PORT
    receiver: str = ""  # the host's address; empty: the destination's
    protocol: Literal["udp", "tcp"] = "udp"
    style: Literal["ff", "wf"] = "ff"
    service: Literal["controlled-load", "guaranteed"] = "controlled-load"


class NullServiceTable(Table, frozen=True):
    """`[null_service]`: what senders are told in DCLASS to mark such packets with (RFC 2996)."""

    dscp: Annotated[int, Meta(ge=0, le=63)] | None = None  # None: nothing


class PuntsTable(Table, frozen=True):
    """`[punts]`: how many packets a second each port may send to the daemon, by kind."""

    rsvp_per_s: Positive = 20_000
    link_per_s: Positive = 1_000  # ARP, neighbour discovery, group membership
    other_per_s: Positive = 1_000


class MessagesTable(Table, frozen=True):
    """`[messages]`: how many a second are looked at, beside known refreshes (security/rations.py).

    A message counts once, and once more for each 256 bytes of it.
    """

    neighbour_per_s: Positive = 2_000
    strangers_per_s: Positive = 200  # of an interface, together: nothing of theirs is state yet
    interface_per_s: Positive = 4_000

    def __post_init__(self) -> None:
        """A neighbour cannot have more than its interface."""
        if self.interface_per_s < max(self.neighbour_per_s, self.strangers_per_s):
            raise ValueError("interface_per_s is less than neighbour_per_s or strangers_per_s")


class RuleTable(Table, frozen=True, rename={"subject": "for"}):
    """`[[policy.rule]]`: what is left out always holds (security/rules.py)."""

    action: Literal["allow", "refuse", "ask"]
    name: str = ""
    subject: Literal["sender", "reservation"] | None = None
    users: tuple[str, ...] = ()  # patterns with * and ?
    applications: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # prefixes
    destinations: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    interfaces: tuple[Positive, ...] = ()
    protocols: tuple[Annotated[int, Meta(ge=0, le=255)], ...] = ()
    ports: tuple[Annotated[int, Meta(ge=0, le=65535)], ...] = ()
    services: tuple[Literal["guaranteed", "controlled-load", "null"], ...] = ()
    above_bits_per_s: Annotated[float, Meta(ge=0)] | None = None
    states_from: Natural | None = None  # the neighbour has so many others already
    daily: tuple[time, time] | None = None  # from and until, UTC
    signed: bool | None = None  # it has come where all messages have to be signed
    preemption_priority: Word | None = None  # that it gives to reservations (RFC 3181)
    defending_priority: Word | None = None  # where only one is given, it is both

    def __post_init__(self) -> None:
        """A reservation must not be able to displace itself."""
        preemption, defending = self.preemption_priority, self.defending_priority
        if preemption is None and defending is None:
            return
        if self.action != "allow" or self.subject == "sender":
            raise ValueError("a priority is for reservations that the rule allows")
        if preemption is not None and defending is not None and preemption > defending:
            raise ValueError(
                f"preemption_priority {preemption} is above defending_priority {defending}"
            )


class DecisionPointTable(Table, frozen=True):
    """`[policy.decision_point]`: who is asked where a rule says "ask"."""

    url: str  # of a rule in Open Policy Agent's data API
    timeout_s: Annotated[float, Meta(gt=0, le=60)] = 1.0
    cache_s: Annotated[float, Meta(ge=0, le=86_400)] = 60.0
    cache_entries: Annotated[int, Meta(ge=1, le=1_000_000)] = 10_000
    concurrent: Annotated[int, Meta(ge=1, le=64)] = 8  # questions at a time
    retry_s: Annotated[float, Meta(ge=0, le=3_600)] = 5.0  # after a failure
    away: Literal["refuse", "allow", "local"] = "refuse"
    ca: str = ""  # for https; empty: the system's
    certificate: str = ""  # of the daemon
    key: str = ""

    def __post_init__(self) -> None:
        """A URL without secrets, and a certificate with its key."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url: it has to be http://HOST/PATH or https://HOST/PATH")
        if parts.username or parts.password:
            raise ValueError("url: it may not hold a name or a password; use a certificate")
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key are given both or not at all")


class PolicyTable(Table, frozen=True):
    """`[policy]`: who may reserve what; the first rule that matches decides."""

    default: Literal["allow", "refuse", "ask"] = "allow"
    unverified_credentials: Literal["carry", "refuse"] = "carry"  # tickets, certificates
    decision_point: DecisionPointTable | None = None
    preempts: bool = False  # reservations give way to those of higher priority
    believed_neighbours: tuple[str, ...] = ()  # prefixes of those whose PREEMPTION_PRI counts
    rule: tuple[RuleTable, ...] = ()


class IntegrityTable(Table, frozen=True):
    """`[integrity]`: signed messages (RFC 2747)."""

    keys: str = ""  # a file of keys, which only its owner may read
    mode: IntegrityMode = "off"
    handshake: Literal["always", "offered", "never"] = "offered"
    window_messages: Annotated[int, Meta(ge=1, le=1024)] = 32  # that may come out of order


class LogTable(Table, frozen=True):
    """`[log]`."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class NorthboundTable(Table, frozen=True):
    """`[northbound]`: where the daemon answers; TCP only with mutual TLS."""

    socket: str = ""
    address: str = ""
    certificate: str = ""
    key: str = ""
    client_ca: str = ""
    operators: tuple[str, ...] = ()  # names in clients' certificates; neither list: all may all
    viewers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Whoever comes by TCP has to show who they are."""
        if self.address and not (self.certificate and self.key and self.client_ca):
            raise ValueError("an address wants certificate, key and client_ca (mutual TLS)")


class RecorderTable(Table, frozen=True):
    """`[recorder]`: all that the engine is told, in a ring of files."""

    file: str = ""  # empty: nothing is recorded
    size_bytes: Annotated[int, Meta(ge=1 << 16)] = 64 << 20  # of all files, beside checkpoints
    segments: Annotated[int, Meta(ge=2, le=100)] = 4


class AccountingTable(Table, frozen=True):
    """`[accounting]`: records of every reservation, as lines of JSON."""

    file: str = ""  # empty: no accounts are kept
    interim_s: Annotated[float, Meta(ge=0, le=86_400)] = 300.0  # 0: no records in between


class MetricsTable(Table, frozen=True):
    """`[metrics]`: where Prometheus may ask."""

    address: str = ""  # HOST:PORT; empty: nowhere
    reservations: bool = False  # series of each reservation; their number is then unbounded

    def __post_init__(self) -> None:
        """An address has a port; 0 is any that is free."""
        if self.address:
            host_and_port("address", self.address, lowest_port=0)


class RouterTable(Table, frozen=True):
    """`[router]`."""

    name: str = "p4rsvp"


class LimitsTable(Table, frozen=True):
    """`[limits]`: the engine's own, which says what they mean (engine/config.py)."""

    sessions: Positive = _LIMITS.sessions
    senders_per_session: Positive = _LIMITS.senders_per_session
    reservations_per_session: Positive = _LIMITS.reservations_per_session
    filters_per_reservation: Positive = _LIMITS.filters_per_reservation
    flows_per_message: Positive = _LIMITS.flows_per_message
    states_per_neighbour: Positive = _LIMITS.states_per_neighbour
    states_per_user: Positive = _LIMITS.states_per_user
    half_open_states_per_neighbour: Positive = _LIMITS.half_open_states_per_neighbour
    half_open_states_per_interface: Positive = _LIMITS.half_open_states_per_interface
    half_open_states: Positive = _LIMITS.half_open_states
    path_states: Positive = _LIMITS.path_states
    reservation_states: Positive = _LIMITS.reservation_states


class Settings(Table, frozen=True):
    """A whole file."""

    switch: SwitchTable
    interface: tuple[InterfaceTable, ...]
    router: RouterTable = RouterTable()
    routes: RoutesTable = RoutesTable()
    route: tuple[RouteTable, ...] = ()
    multicast_route: tuple[MulticastRouteTable, ...] = ()
    sender_proxy: tuple[SenderProxyTable, ...] = ()
    receiver_proxy: tuple[ReceiverProxyTable, ...] = ()
    limits: LimitsTable = LimitsTable()
    punts: PuntsTable = PuntsTable()
    null_service: NullServiceTable = NullServiceTable()
    messages: MessagesTable = MessagesTable()
    integrity: IntegrityTable = IntegrityTable()
    policy: PolicyTable = PolicyTable()
    log: LogTable = LogTable()
    northbound: NorthboundTable = NorthboundTable()
    recorder: RecorderTable = RecorderTable()
    accounting: AccountingTable = AccountingTable()
    metrics: MetricsTable = MetricsTable()
