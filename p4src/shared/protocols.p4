// Numbers that other documents assign: Ethernet types, IP protocols, ICMP and RSVP message types.

#ifndef RSVP_PROTOCOLS_P4
#define RSVP_PROTOCOLS_P4

const bit<16> ETHERTYPE_IPV4 = 0x0800;
const bit<16> ETHERTYPE_ARP  = 0x0806;
const bit<16> ETHERTYPE_VLAN = 0x8100;
const bit<16> ETHERTYPE_IPV6 = 0x86DD;

const bit<8> PROTOCOL_HOP_BY_HOP  = 0;   // RFC 8200 4: extension headers share the protocol numbers
const bit<8> PROTOCOL_ICMP        = 1;
const bit<8> PROTOCOL_IGMP        = 2;
const bit<8> PROTOCOL_TCP         = 6;
const bit<8> PROTOCOL_UDP         = 17;
const bit<8> PROTOCOL_DCCP        = 33;
const bit<8> PROTOCOL_ROUTING     = 43;
const bit<8> PROTOCOL_FRAGMENT    = 44;
const bit<8> PROTOCOL_RSVP        = 46;
const bit<8> PROTOCOL_ESP         = 50;
const bit<8> PROTOCOL_AH          = 51;
const bit<8> PROTOCOL_ICMPV6      = 58;
const bit<8> PROTOCOL_DESTINATION = 60;
const bit<8> PROTOCOL_SCTP        = 132;
const bit<8> PROTOCOL_UDPLITE     = 136;

const bit<16> IPV6_HEADER_BYTES = 40;

const bit<24> IPV4_LINK_LOCAL_GROUPS = 0xE00000;  // 224.0.0.0/24 (RFC 5771 4)
const bit<4>  IPV6_SCOPE_LINK        = 2;         // of a group's scope field; 1 is the node (RFC 4291 2.7)

// Type and length of the router alert, as the first two bytes of the options.
const bit<16> IPV4_ROUTER_ALERT = 0x9404;  // RFC 2113 2.1
const bit<16> IPV6_ROUTER_ALERT = 0x0502;  // RFC 2711 2.1

// Messages that travel towards a session or a receiver and not to a neighbour (RFC 2205 3.11.5).
const bit<8> RSVP_PATH      = 1;
const bit<8> RSVP_PATH_TEAR = 5;
const bit<8> RSVP_RESV_CONF = 7;

const bit<16> RSVP_UDP_PORT_PU       = 1698;  // RFC 2205 appendix C: Pu
const bit<16> RSVP_UDP_PORT_PU_PRIME = 1699;  // and Pu'

// ICMPv6: multicast listener discovery (RFC 3810 5) and neighbour discovery (RFC 4861 4).
const bit<8> MLD_QUERY        = 130;
const bit<8> MLD_REPORT       = 131;
const bit<8> MLD_DONE         = 132;
const bit<8> ND_FIRST         = 133;
const bit<8> ND_LAST          = 137;
const bit<8> MLD_REPORT_V2    = 143;
const bit<8> ND_HOP_LIMIT     = 255;  // RFC 4861 11.2: what has crossed a router is not neighbour discovery

#endif
