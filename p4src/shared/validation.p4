// What a router must not forward (RFC 1812 5.2.2, 5.3.7; RFC 4291 2.7).
//
// Left out: checksums and headers cut short, which each architecture reports in its own way to its
// main; and martian addresses that depend on the site, for which a route that discards is the
// place.

#ifndef RSVP_VALIDATION_P4
#define RSVP_VALIDATION_P4

#include "fates.p4"
#include "protocols.p4"

control Validation(inout headers_t hdr, inout metadata_t meta) {
    apply {
        if (hdr.ipv4.isValid()) {
            bit<16> header_bytes = (bit<16>) hdr.ipv4.ihl << 2;
            if (hdr.ipv4.version != 4 || hdr.ipv4.ihl < 5
                    || hdr.ipv4.total_length < header_bytes
                    || hdr.ipv4.src[31:28] == 0xE || hdr.ipv4.src[31:24] == 127) {
                drop(meta, DropReason.MALFORMED);
            }
        } else if (hdr.ipv6.isValid()) {
            if (hdr.ipv6.version != 6 || meta.ip_bytes < IPV6_HEADER_BYTES
                    || IPV6_IS_GROUP(hdr.ipv6.src)) {
                drop(meta, DropReason.MALFORMED);
            }
        } else if (meta.ether_type != ETHERTYPE_ARP) {
            drop(meta, DropReason.NOT_IP);
        }
    }
}

#endif
