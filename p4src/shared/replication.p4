// Each outgoing interface polices and queues its own replicas.
//
// Every architecture fixes the queue before it replicates, while a replica must be classified by
// the interface that it leaves by. So a group has two replication lists with the same members, and
// a packet takes one of them:
//
//   * straight out, if no reservation on any interface wants the packet: all replicas are best effort;
//   * through the replication port, if one does. Each replica comes back, and ingress treats it as a
//     unicast packet to its own interface: classified, policed, marked and queued there, or best
//     effort there.
//
// Which one is found out by classifying on the replication port as on any interface. Its
// reservations are the merged ones: what RSVP asks of the previous hop, the LUB over the outgoing
// interfaces (RFC 2205 2.2). So the replication port is policed as well, what is beyond the merged
// reservation passes it as best effort, and no flood into a group can delay another group's
// conforming packets on their way through it. Nothing is dropped or marked by that first verdict:
// that is for the interfaces to say.
//
// The member of a list is (port, instance): instance is the outgoing interface, and port is that
// interface's port or the replication port. A replica never goes back to the interface that the
// packet came in by.

#ifndef RSVP_REPLICATION_P4
#define RSVP_REPLICATION_P4

#include "fates.p4"
#include "ids.p4"
#include "sizes.p4"

// Behind the verdict: which list.
control ChooseList(inout metadata_t meta) {
    apply {
        if (meta.copies == Copies.DIRECT && meta.reservation != NO_RESERVATION) {
            meta.copies = Copies.POLICED;
            meta.group = meta.policed_group;
            meta.has_own_dscp = 0;
            meta.has_policy_dscp = 0;
            if (meta.verdict == DROPPED) {
                meta.verdict = DEMOTED;
            }
        }
    }
}

// In egress: a replica of the list that goes straight out gets its link addresses.
control ReplicaDeparture(inout metadata_t meta) {
    @id(ACTION_LEAVE_AS_REPLICA)
    action leave_as_replica(MacAddress mac, VlanId vlan_id, bit<16> mtu_bytes) {
        meta.out_mac = mac;
        meta.out_vlan_id = vlan_id;
        meta.mtu_bytes = mtu_bytes;
    }

    @id(ACTION_CLOSED_TO_REPLICAS)
    action closed_to_replicas() {
        drop(meta, DropReason.NO_DEPARTURE);
    }

    @id(TABLE_REPLICA_INTERFACES)
    table replica_interfaces {
        key = { meta.out_interface: exact @name("interface"); }
        actions = { leave_as_replica; @defaultonly closed_to_replicas; }
        const default_action = closed_to_replicas;
        size = INTERFACES;
    }

    apply {
        replica_interfaces.apply();
        if (meta.fate == Fate.FORWARD) {
            if (meta.ip_bytes > meta.mtu_bytes) {
                drop(meta, DropReason.TOO_BIG);
            }
        }
    }
}

#endif
