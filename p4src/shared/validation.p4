// What a router must not forward (RFC 1812 5.2.2, 5.3.7; RFC 4291 2.7).
//
// Left out: martian addresses that depend on the site. A route that discards is the place for them.

#ifndef RSVP_VALIDATION_P4
#define RSVP_VALIDATION_P4

#include "fates.p4"
#include "protocols.p4"

control Validation(inout headers_t hdr, inout metadata_t meta) {
    apply {
        if (meta.damaged == 1) {
            drop(meta, DropReason.DAMAGED);
        } else if (hdr.ipv4.isValid()) {
            bit<16> header_bytes = (bit<16>) hdr.ipv4.ihl << 2;
            meta.multicast = (bit<1>) (hdr.ipv4.dst[31:28] == 0xE);
            if (hdr.ipv4.version != 4 || hdr.ipv4.ihl < 5
                    || hdr.ipv4.total_length < header_bytes
                    || hdr.ipv4.src[31:28] == 0xE || hdr.ipv4.src[31:24] == 127) {
                drop(meta, DropReason.MALFORMED);
            } else if (hdr.ethernet.dst[40:40] != meta.multicast) {
                drop(meta, DropReason.NOT_FOR_US);
            }
        } else if (hdr.ipv6.isValid()) {
            meta.multicast = (bit<1>) (hdr.ipv6.dst[127:120] == 0xFF);
            if (hdr.ipv6.version != 6 || meta.ip_bytes < IPV6_HEADER_BYTES
                    || hdr.ipv6.src[127:120] == 0xFF) {
                drop(meta, DropReason.MALFORMED);
            } else if (hdr.ethernet.dst[40:40] != meta.multicast) {
                drop(meta, DropReason.NOT_FOR_US);
            }
        } else if (meta.ether_type != ETHERTYPE_ARP) {
            drop(meta, DropReason.NOT_IP);
        }
    }
}

#endif
