// What a router changes in a packet: DSCP, hop count, link addresses and VLAN tag.

#ifndef RSVP_REWRITING_P4
#define RSVP_REWRITING_P4

#include "headers.p4"
#include "protocols.p4"

// The DSCP of the reservation (RFC 2996) if the packet keeps to it, else that of the policy, else
// its own.
control Marking(inout headers_t hdr, in metadata_t meta) {
    apply {
        if (meta.has_own_dscp == 1 && meta.verdict == SENT) {
            hdr.ipv4.dscp = meta.own_dscp;
            hdr.ipv6.dscp = meta.own_dscp;
        } else if (meta.has_policy_dscp == 1) {
            hdr.ipv4.dscp = meta.policy_dscp;
            hdr.ipv6.dscp = meta.policy_dscp;
        }
    }
}

// RFC 1812 5.3.1, RFC 8200 3. The IPv4 checksum follows where the architecture computes checksums.
control HopCount(inout headers_t hdr) {
    apply {
        if (hdr.ipv4.isValid()) {
            hdr.ipv4.ttl = hdr.ipv4.ttl - 1;
        } else {
            hdr.ipv6.hop_limit = hdr.ipv6.hop_limit - 1;
        }
    }
}

// A group keeps the link address that it came with: it follows from the group (RFC 1112 6.4, RFC
// 2464 7).
control LinkAddresses(inout headers_t hdr, in metadata_t meta) {
    apply {
        hdr.ethernet.src = meta.out_mac;
        if (meta.copies == Copies.ONE) {
            hdr.ethernet.dst = meta.next_hop_mac;
        }

        if (meta.out_vlan_id != 0) {
            hdr.vlan.setValid();
            hdr.vlan.priority = meta.queue;
            hdr.vlan.drop_eligible = 0;
            hdr.vlan.vlan_id = meta.out_vlan_id;
            hdr.vlan.ether_type = meta.ether_type;
            hdr.ethernet.ether_type = ETHERTYPE_VLAN;
        } else if (hdr.vlan.isValid()) {
            hdr.vlan.setInvalid();
            hdr.ethernet.ether_type = meta.ether_type;
        }
    }
}

#endif
