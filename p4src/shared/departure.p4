// The interface that a packet leaves by: its port and link addresses, what fits through it, and the
// shapes of the filters that reservations have there. No shapes, no classifying.
//
// The replication port is an interface like any other here (replication.p4).

#ifndef RSVP_DEPARTURE_P4
#define RSVP_DEPARTURE_P4

#include "fates.p4"
#include "ids.p4"
#include "sizes.p4"

control Departure(inout metadata_t meta) {
    // mtu_bytes counts the IP packet.
    @id(ACTION_LEAVE)
    action leave(PortId port, MacAddress mac, VlanId vlan_id, bit<16> mtu_bytes, Shapes shapes) {
        meta.out_port = port;
        meta.out_mac = mac;
        meta.out_vlan_id = vlan_id;
        meta.mtu_bytes = mtu_bytes;
        meta.shapes = shapes;
    }

    @id(ACTION_CLOSED)
    action closed() {
        drop(meta, DropReason.NO_DEPARTURE);
    }

    @id(TABLE_OUTGOING_INTERFACES)
    table outgoing_interfaces {
        key = { meta.out_interface: exact @name("interface"); }
        actions = { leave; @defaultonly closed; }
        const default_action = closed;
        size = INTERFACES;
    }

    apply {
        outgoing_interfaces.apply();
        if (meta.fate == Fate.FORWARD) {
            if (meta.ip_bytes > meta.mtu_bytes) {
                if (meta.copies == Copies.ONE) {
                    punt(meta, PuntReason.TOO_BIG);
                } else {
                    drop(meta, DropReason.TOO_BIG);
                }
            }
        }
    }
}

#endif
