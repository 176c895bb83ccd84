// Which IP interface a frame came in by, and whether it is for this router.

#ifndef RSVP_ARRIVAL_P4
#define RSVP_ARRIVAL_P4

#include "fates.p4"
#include "ids.p4"
#include "sizes.p4"

control Arrival(inout headers_t hdr, inout metadata_t meta) {
    @id(ACTION_ADMIT)
    action admit(InterfaceId interface, MacAddress mac, bit<1> rsvp) {
        meta.in_interface = interface;
        meta.own_mac = mac;
        meta.rsvp = rsvp;
    }

    @id(ACTION_REFUSE)
    action refuse() {
        drop(meta, DropReason.NO_INTERFACE);
    }

    @id(TABLE_INTERFACES)
    table interfaces {
        key = {
            meta.ingress_port: exact @name("port");
            meta.vlan_id:      exact @name("vlan_id");
        }
        actions = { admit; @defaultonly refuse; }
        const default_action = refuse;
        size = INTERFACES;
    }

    apply {
        interfaces.apply();
        meta.multicast = hdr.ethernet.dst[40:40];
        if (meta.fate == Fate.FORWARD && meta.multicast == 0 && hdr.ethernet.dst != meta.own_mac) {
            drop(meta, DropReason.NOT_FOR_US);
        }
    }
}

#endif
