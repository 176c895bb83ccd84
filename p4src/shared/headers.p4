// The headers that the program reads, and what it keeps about a packet beside them.

#ifndef RSVP_HEADERS_P4
#define RSVP_HEADERS_P4

#include "numbers.p4"

typedef bit<48>  MacAddress;
typedef bit<12>  VlanId;       // 0 is untagged, as IEEE 802.1Q has it
typedef bit<32>  Ipv4Address;
typedef bit<128> Ipv6Address;
typedef bit<6>   Dscp;

// To the controller: the frame as it came in stands behind this.
@controller_header("packet_in")
header packet_in_t {
    bit<16>    ingress_port;
    bit<16>    interface;
    PuntReason reason;
}

// From the controller: a whole frame stands behind this, and leaves by this port as it is.
@controller_header("packet_out")
header packet_out_t {
    bit<16>      egress_port;
    ServiceClass service_class;
}

header ethernet_t {
    MacAddress dst;
    MacAddress src;
    bit<16>    ether_type;
}

header vlan_t {
    bit<3>  priority;
    bit<1>  drop_eligible;
    VlanId  vlan_id;
    bit<16> ether_type;
}

header ipv4_t {
    bit<4>      version;
    bit<4>      ihl;
    Dscp        dscp;
    bit<2>      ecn;
    bit<16>     total_length;
    bit<16>     identification;
    bit<3>      flags;
    bit<13>     fragment_offset;
    bit<8>      ttl;
    bit<8>      protocol;
    bit<16>     checksum;
    Ipv4Address src;
    Ipv4Address dst;
}

header ipv4_options_t {
    varbit<320> options;
}

header ipv6_t {
    bit<4>      version;
    Dscp        dscp;
    bit<2>      ecn;
    bit<20>     flow_label;
    bit<16>     payload_length;
    bit<8>      next_header;
    bit<8>      hop_limit;
    Ipv6Address src;
    Ipv6Address dst;
}

// Hop-by-hop options, destination options, routing and fragment headers alike.
header ipv6_extension_t {
    bit<8>      next_header;
    bit<8>      length;       // in units of 8 bytes, the first not counted; reserved in a fragment header
    varbit<496> content;
}

// TCP, UDP, UDP-Lite, SCTP and DCCP all begin with these.
header ports_t {
    bit<16> src;
    bit<16> dst;
}

// What AH has before its SPI; ESP begins with it (RFC 2207 4.1).
header ah_t {
    bit<8>  next_header;
    bit<8>  length;
    bit<16> reserved;
}

header spi_t {
    bit<32> spi;
}

header icmp_t {
    bit<8> type;
    bit<8> code;
}

header rsvp_t {
    bit<4> version;
    bit<4> flags;
    bit<8> type;
}

struct headers_t {
    packet_in_t      packet_in;
    packet_out_t     packet_out;
    ethernet_t       ethernet;
    vlan_t           vlan;
    ipv4_t           ipv4;
    ipv4_options_t   ipv4_options;
    ipv6_t           ipv6;
    ipv6_extension_t extension_1;
    ipv6_extension_t extension_2;
    ipv6_extension_t extension_3;
    ports_t          ports;
    ah_t             ah;
    spi_t            spi;
    icmp_t           icmp;
    rsvp_t           rsvp;
}

// A replica that takes a second pass keeps the fields of this list: where the packet came in, and
// the interface that this replica is for.
#define REPLICA_FIELDS 1

// Fields that an architecture's shim keeps beside these.
#ifndef METADATA_OF_ARCH
#define METADATA_OF_ARCH
#endif

// All zero when a packet comes in, but for the fields above on a second pass.
struct metadata_t {
    // Set by the main when a packet comes in.
    @field_list(REPLICA_FIELDS)
    PortId        ingress_port;

    // Set by the parser.
    bit<16>       ether_type;         // behind a VLAN tag
    VlanId        vlan_id;
    bit<8>        protocol;           // behind IPv6's extension headers
    bit<16>       ip_bytes;           // of the IP packet, header included
    bit<8>        hops_left;
    bit<13>       fragment_offset;    // in units of 8 bytes; not 0: no transport header here
    bit<16>       first_option;       // type and length of the first IPv4 or hop-by-hop option

    // Set by arrival and routing.
    @field_list(REPLICA_FIELDS)
    InterfaceId   in_interface;
    @field_list(REPLICA_FIELDS)
    InterfaceId   out_interface;
    bit<1>        rsvp;               // RSVP is on where the packet came in
    bit<1>        multicast;          // to a group of stations, as the link address has it
    bit<1>        deliver;            // addressed to the switch
    MacAddress    own_mac;            // of the interface that the packet came in by
    NextHopId     next_hop;
    Copies        copies;
    GroupId       group;
    GroupId       policed_group;
    InterfaceId   reverse_path;       // the way back to a group's source; 0 is any

    // Set by departure.
    PortId        out_port;
    MacAddress    out_mac;
    VlanId        out_vlan_id;
    MacAddress    next_hop_mac;
    bit<16>       mtu_bytes;
    Shapes        shapes;

    // Set by classifier, policer and verdict.
    ReservationId reservation;
    ServiceClass  service_class;
    Colour        colour;
    Verdict       verdict;
    Queue         queue;
    bit<1>        has_own_dscp;       // RFC 2996: the reservation's own DSCP, for what is sent
    Dscp          own_dscp;
    bit<1>        has_policy_dscp;    // the verdict's
    Dscp          policy_dscp;

    // What is to become of the packet, and why.
    Fate          fate;
    PuntReason    punt_reason;
    DropReason    drop_reason;

    METADATA_OF_ARCH
}

#endif
