// What is addressed to the switch itself: the controller gets it, told apart by why it wants it.

#ifndef RSVP_DELIVERY_P4
#define RSVP_DELIVERY_P4

#include "fates.p4"
#include "protocols.p4"

control Delivery(inout headers_t hdr, inout metadata_t meta) {
    apply {
        if (meta.rsvp == 1 && meta.protocol == PROTOCOL_RSVP) {
            punt(meta, PuntReason.RSVP);
        } else if (meta.rsvp == 1 && meta.protocol == PROTOCOL_UDP && hdr.ports.isValid()
                && (hdr.ports.dst == RSVP_UDP_PORT_PU || hdr.ports.dst == RSVP_UDP_PORT_PU_PRIME)) {
            punt(meta, PuntReason.RSVP_UDP);
        } else if (hdr.icmp.isValid()) {
            punt(meta, PuntReason.ICMP);
        } else {
            punt(meta, PuntReason.LOCAL);
        }
    }
}

#endif
