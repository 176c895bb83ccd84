// Ethernet, one VLAN tag, IPv4 with options, IPv6 with up to three extension headers, and of what
// is behind them the few bytes that filters and punts look at.
//
// A later fragment has no transport header, so nothing is extracted for it and no filter with ports
// can match it (RFC 2205 1.2: fragmentation and reservations do not mix). What is not known is not
// an error: the packet is forwarded as the IP packet that it is.

#ifndef RSVP_PARSER_P4
#define RSVP_PARSER_P4

#include "headers.p4"
#include "protocols.p4"

// One extension header. Longer than 64 bytes, it is left alone, and what is behind it stays
// unknown.
parser ExtensionParser(packet_in packet, out ipv6_extension_t extension, inout metadata_t meta) {
    state start {
        transition select(meta.protocol) {
            PROTOCOL_FRAGMENT:   fragment;
            PROTOCOL_HOP_BY_HOP: hop_by_hop;
            default:             measure;
        }
    }
    state fragment {
        meta.fragment_offset = packet.lookahead<bit<32>>()[15:3];
        packet.extract(extension, 48);
        transition step;
    }
    state hop_by_hop {
        meta.first_option = packet.lookahead<bit<32>>()[15:0];
        transition measure;
    }
    state measure {
        transition select(packet.lookahead<bit<16>>()[7:3]) {
            0:       sized;
            default: accept;
        }
    }
    state sized {
        packet.extract(extension, ((bit<32>) packet.lookahead<bit<16>>()[2:0] << 6) + 48);
        transition step;
    }
    state step {
        meta.protocol = extension.next_header;
        transition accept;
    }
}

parser PacketParser(packet_in packet, out headers_t hdr, inout metadata_t meta) {
    state start {
        packet.extract(hdr.ethernet);
        meta.ether_type = hdr.ethernet.ether_type;
        transition select(hdr.ethernet.ether_type) {
            ETHERTYPE_IPV4: ipv4;
            ETHERTYPE_IPV6: ipv6;
            ETHERTYPE_VLAN: vlan;
            default:        accept;
        }
    }

    state vlan {
        packet.extract(hdr.vlan);
        meta.vlan_id = hdr.vlan.vlan_id;
        meta.ether_type = hdr.vlan.ether_type;
        transition select(hdr.vlan.ether_type) {
            ETHERTYPE_IPV4: ipv4;
            ETHERTYPE_IPV6: ipv6;
            default:        accept;
        }
    }

    state ipv4 {
        packet.extract(hdr.ipv4);
        meta.protocol = hdr.ipv4.protocol;
        meta.fragment_offset = hdr.ipv4.fragment_offset;
        meta.ip_bytes = hdr.ipv4.total_length;
        meta.hops_left = hdr.ipv4.ttl;
        transition select(hdr.ipv4.ihl) {
            5:         transport;
            0 &&& 0xC: accept;    // 0 to 4: validation.p4 drops it
            4:         accept;
            default:   ipv4_options;
        }
    }

    state ipv4_options {
        meta.first_option = packet.lookahead<bit<16>>();
        packet.extract(hdr.ipv4_options, ((bit<32>) hdr.ipv4.ihl - 5) << 5);
        transition transport;
    }

    state ipv6 {
        packet.extract(hdr.ipv6);
        meta.protocol = hdr.ipv6.next_header;
        meta.ip_bytes = hdr.ipv6.payload_length + IPV6_HEADER_BYTES;
        meta.hops_left = hdr.ipv6.hop_limit;
        transition select(hdr.ipv6.next_header) {
            PROTOCOL_HOP_BY_HOP:  extension_1;
            PROTOCOL_ROUTING:     extension_1;
            PROTOCOL_FRAGMENT:    extension_1;
            PROTOCOL_DESTINATION: extension_1;
            default:              transport;
        }
    }

    state extension_1 {
        ExtensionParser.apply(packet, hdr.extension_1, meta);
        transition select(meta.fragment_offset, meta.protocol) {
            (0, PROTOCOL_ROUTING):     extension_2;
            (0, PROTOCOL_FRAGMENT):    extension_2;
            (0, PROTOCOL_DESTINATION): extension_2;
            default:                   transport;
        }
    }

    state extension_2 {
        ExtensionParser.apply(packet, hdr.extension_2, meta);
        transition select(meta.fragment_offset, meta.protocol) {
            (0, PROTOCOL_ROUTING):     extension_3;
            (0, PROTOCOL_FRAGMENT):    extension_3;
            (0, PROTOCOL_DESTINATION): extension_3;
            default:                   transport;
        }
    }

    state extension_3 {
        ExtensionParser.apply(packet, hdr.extension_3, meta);
        transition transport;
    }

    state transport {
        transition select(meta.fragment_offset, meta.protocol) {
            (0, PROTOCOL_UDP):     ports;
            (0, PROTOCOL_TCP):     ports;
            (0, PROTOCOL_SCTP):    ports;
            (0, PROTOCOL_DCCP):    ports;
            (0, PROTOCOL_UDPLITE): ports;
            (0, PROTOCOL_ESP):     spi;
            (0, PROTOCOL_AH):      ah;
            (0, PROTOCOL_ICMP):    icmp;
            (0, PROTOCOL_ICMPV6):  icmp;
            (0, PROTOCOL_RSVP):    rsvp;
            default:               accept;
        }
    }

    state ports {
        packet.extract(hdr.ports);
        transition accept;
    }

    state ah {
        packet.extract(hdr.ah);
        transition spi;
    }

    state spi {
        packet.extract(hdr.spi);
        transition accept;
    }

    state icmp {
        packet.extract(hdr.icmp);
        transition accept;
    }

    state rsvp {
        packet.extract(hdr.rsvp);
        transition accept;
    }
}

#endif
