// What the controller takes out of the stream whatever its destination is. None of it has ports.
//
// RSVP (RFC 2205 3.11.5): Path, PathTear and ResvConf are addressed to a session or a receiver and
// must be taken on their way; they are known by the router alert, and by their type where a sender
// forgot it. Every other RSVP message is addressed to its next RSVP hop: if that is this switch,
// routing delivers it; if not, it is forwarded, since this switch is then not on the path of that
// state. Where RSVP is off, all of it is plain IP.

#ifndef RSVP_INTERCEPTION_P4
#define RSVP_INTERCEPTION_P4

#include "fates.p4"
#include "protocols.p4"

control Interception(inout headers_t hdr, inout metadata_t meta) {
    apply {
        if (meta.ether_type == ETHERTYPE_ARP) {
            punt(meta, PuntReason.ARP);
        } else if (meta.protocol == PROTOCOL_RSVP) {
            bit<16> alert = hdr.ipv4.isValid() ? IPV4_ROUTER_ALERT : IPV6_ROUTER_ALERT;
            bool on_its_way = hdr.rsvp.isValid() && (hdr.rsvp.type == RSVP_PATH
                || hdr.rsvp.type == RSVP_PATH_TEAR || hdr.rsvp.type == RSVP_RESV_CONF);
            if (meta.rsvp == 1 && (meta.first_option == alert || on_its_way)) {
                punt(meta, PuntReason.RSVP);
            }
        } else if (meta.protocol == PROTOCOL_IGMP && hdr.ipv4.isValid()) {
            punt(meta, PuntReason.GROUP_MEMBERSHIP);
        } else if (meta.protocol == PROTOCOL_ICMPV6 && hdr.ipv6.isValid() && hdr.icmp.isValid()) {
            if (hdr.icmp.type == MLD_REPORT_V2
                    || (hdr.icmp.type >= MLD_QUERY && hdr.icmp.type <= MLD_DONE)) {
                punt(meta, PuntReason.GROUP_MEMBERSHIP);
            } else if (hdr.icmp.type >= ND_FIRST && hdr.icmp.type <= ND_LAST
                    && hdr.ipv6.hop_limit == ND_HOP_LIMIT) {
                punt(meta, PuntReason.NEIGHBOUR);
            }
        }
    }
}

#endif
