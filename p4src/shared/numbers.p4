// The numbers that the program, the controller and the operator share: ports with a meaning,
// service classes, colours, verdicts, queues, and the reasons why a packet was punted or dropped.
//
// They appear in table entries, in packet-in headers and in counter indices, so they are never
// renumbered.

#ifndef RSVP_NUMBERS_P4
#define RSVP_NUMBERS_P4

typedef bit<9>   PortId;
typedef bit<16>  InterfaceId;    // an IP interface: a port, or one VLAN of a port; 0 is none
typedef bit<16>  NextHopId;
typedef bit<16>  GroupId;        // a replication list of the packet replication engine; 0 is none
typedef bit<32>  ReservationId;  // 0 is none

const PortId CPU_PORT         = 510;  // packet-in and packet-out
const PortId REPLICATION_PORT = 509;  // where replicas come back: replication.p4

// The replication port seen as an interface: reservations there are the merged ones, see
// replication.p4.
const InterfaceId REPLICATION_INTERFACE = 0xFFFF;

const ReservationId NO_RESERVATION = 0;

enum bit<8> ServiceClass {
    BEST_EFFORT     = 0,
    CONTROLLED_LOAD = 1,  // RFC 2211
    GUARANTEED      = 2,  // RFC 2212
    NETWORK_CONTROL = 3
}

// RFC 2698's colours. Which colour means "excess" is for the verdict table to say.
typedef bit<2> Colour;
const Colour GREEN  = 0;
const Colour YELLOW = 1;
const Colour RED    = 2;

// What became of a packet of a reservation; the low two bits of its counter index.
typedef bit<2> Verdict;
const Verdict SENT    = 0;
const Verdict DEMOTED = 1;
const Verdict DROPPED = 2;

// A queue is a strict priority, 7 served first. The verdict table assigns queues; RFC 2815's user
// priorities (0 best effort, 4 controlled load, 5 guaranteed, 7 network control) are the numbers to
// use, since the queue is also written into the priority of a VLAN tag. Only these two are fixed
// here.
typedef bit<3> Queue;
const Queue QUEUE_BEST_EFFORT     = 0;
const Queue QUEUE_NETWORK_CONTROL = 7;

// Shapes of filters: which fields of a packet a filter looks at. Each has its own exact-match table
// in classifier.p4, and an interface names those that it has filters of.
typedef bit<16> Shapes;
const Shapes NO_SHAPES                     = 0x0000;
const Shapes SHAPE_IPV4_FIVE_TUPLE         = 0x0001;
const Shapes SHAPE_IPV4_SPI                = 0x0002;
const Shapes SHAPE_IPV4_NO_SOURCE_PORT     = 0x0004;
const Shapes SHAPE_IPV4_ANY_SOURCE         = 0x0008;
const Shapes SHAPE_IPV4_NO_PORTS           = 0x0010;
const Shapes SHAPE_IPV4_ANY_SOURCE_NO_PORTS = 0x0020;
const Shapes SHAPES_IPV4                   = 0x003F;
const Shapes SHAPE_IPV6_FIVE_TUPLE         = 0x0100;
const Shapes SHAPE_IPV6_SPI                = 0x0200;
const Shapes SHAPE_IPV6_NO_SOURCE_PORT     = 0x0400;
const Shapes SHAPE_IPV6_ANY_SOURCE         = 0x0800;
const Shapes SHAPE_IPV6_NO_PORTS           = 0x1000;
const Shapes SHAPE_IPV6_ANY_SOURCE_NO_PORTS = 0x2000;
const Shapes SHAPE_IPV6_FLOW_LABEL         = 0x4000;
const Shapes SHAPES_IPV6                   = 0x7F00;

// What the pipeline does with a packet.
enum bit<8> Fate {
    FORWARD = 0,
    PUNT    = 1,
    DROP    = 2
}

// How a packet that is forwarded leaves.
enum bit<8> Copies {
    ONE     = 0,  // unicast
    DIRECT  = 1,  // the replication list of a group, straight out
    POLICED = 2,  // the replication list of a group, through the replication port
    REPLICA = 3   // back from there: one replica, bound for one interface
}

// Why the controller gets a packet. Also the low five bits of an index of the `punts` counter.
enum bit<8> PuntReason {
    NONE             = 0,
    RSVP             = 1,   // protocol 46, on an interface where RSVP is on
    RSVP_UDP         = 2,   // RFC 2205 appendix C
    ARP              = 3,
    NEIGHBOUR        = 4,   // IPv6 neighbour discovery
    GROUP_MEMBERSHIP = 5,   // IGMP and MLD
    ICMP             = 6,   // addressed to the switch
    LOCAL            = 7,   // anything else addressed to the switch
    HOP_LIMIT        = 8,   // the TTL ends here: an ICMP time exceeded is due
    NO_NEIGHBOUR     = 9,   // the next hop's link address is not known: ARP or neighbour discovery is due
    TOO_BIG          = 10   // does not fit the outgoing interface: ICMP or fragmentation is due
}

// Why a packet ended here. Also the low five bits of an index of the drop counters.
enum bit<8> DropReason {
    NONE            = 0,
    DAMAGED         = 1,   // IPv4 header checksum wrong, or a header cut short
    MALFORMED       = 2,   // IP version, lengths or source address that cannot be (RFC 1812 5.2.2, 5.3.7)
    NO_INTERFACE    = 3,   // no IP interface on this port and VLAN
    NOT_FOR_US      = 4,   // another station's link address, or one that does not fit the IP address
    NOT_IP          = 5,
    NO_ROUTE        = 6,
    DISCARDED       = 7,   // the route says so
    WRONG_INTERFACE = 8,   // multicast that came in off its reverse path
    SCOPE           = 9,   // link-local multicast is not forwarded (RFC 1812 5.2.6, RFC 4291 2.7)
    NO_NEXT_HOP     = 10,  // a route names a next hop that is not there
    NO_DEPARTURE    = 11,  // an outgoing interface that is not there
    HOP_LIMIT       = 12,  // multicast whose TTL ends here (no ICMP: RFC 1812 4.3.2.7)
    TOO_BIG         = 13,  // multicast that does not fit the outgoing interface
    EXCESS          = 14,  // beyond its reservation, where policy drops excess
    PUNT_LIMIT      = 15,  // more punts than the port may cause
    CAME_FROM_THERE = 16   // a replica for the interface that the packet came in by
}

#endif
