// The controller's side of the switch: frames from it, and punts to it at a rate that it can bear.
//
// Punts are metered by ingress port and kind, so that a flood of one kind on one port starves
// neither another port nor, on its own port, the RSVP messages that keep reservations alive. They
// wait for the controller in queues by kind, too.

#ifndef RSVP_PACKET_IO_P4
#define RSVP_PACKET_IO_P4

#include "fates.p4"
#include "ids.p4"
#include "sizes.p4"

// Kinds of punts; the low two bits of an index of the punt meter.
const bit<2> PUNT_KIND_RSVP  = 0;
const bit<2> PUNT_KIND_LINK  = 1;  // ARP, neighbour discovery, IGMP, MLD: what the links live by
const bit<2> PUNT_KIND_OTHER = 2;

const Queue QUEUE_PUNT_RSVP  = QUEUE_NETWORK_CONTROL;
const Queue QUEUE_PUNT_LINK  = 5;
const Queue QUEUE_PUNT_OTHER = QUEUE_BEST_EFFORT;

// The frame behind the header leaves as it is. Its class says which queue (verdict.p4).
control FromController(inout headers_t hdr, inout metadata_t meta) {
    apply {
        meta.out_port = (PortId) hdr.packet_out.egress_port;
        meta.service_class = hdr.packet_out.service_class;
    }
}

control ToController(inout headers_t hdr, inout metadata_t meta) {
    @id(METER_PUNTS)
    PACKET_METER(PUNT_METER_CELLS) punt_meter;

    apply {
        bit<2> kind = PUNT_KIND_OTHER;
        meta.queue = QUEUE_PUNT_OTHER;
        if (meta.punt_reason == PuntReason.RSVP || meta.punt_reason == PuntReason.RSVP_UDP) {
            kind = PUNT_KIND_RSVP;
            meta.queue = QUEUE_PUNT_RSVP;
        } else if (meta.punt_reason == PuntReason.ARP || meta.punt_reason == PuntReason.NEIGHBOUR
                || meta.punt_reason == PuntReason.GROUP_MEMBERSHIP) {
            kind = PUNT_KIND_LINK;
            meta.queue = QUEUE_PUNT_LINK;
        }

        Colour colour = GREEN;
        EXECUTE_METER(punt_meter, (bit<32>) (meta.ingress_port ++ kind), colour);
        if (colour == RED) {
            drop(meta, DropReason.PUNT_LIMIT);
        } else {
            meta.out_port = CPU_PORT;
            hdr.packet_in.setValid();
            hdr.packet_in.ingress_port = (bit<16>) meta.ingress_port;
            hdr.packet_in.interface = meta.in_interface;
            hdr.packet_in.reason = meta.punt_reason;
        }
    }
}

#endif
