// Where a packet goes: longest prefix, then the next hop; a group by (source, group) first, and by
// the longest prefix of the group if that is not known.
//
// One path per prefix: a reservation holds on the path that RSVP found, so there is no ECMP.

#ifndef RSVP_ROUTING_P4
#define RSVP_ROUTING_P4

#include "fates.p4"
#include "ids.p4"
#include "protocols.p4"
#include "sizes.p4"

control Routing(inout headers_t hdr, inout metadata_t meta) {
    @id(ACTION_ROUTE)
    action route(NextHopId next_hop) {
        meta.next_hop = next_hop;
    }

    // An address of the switch itself, or a group that it listens to.
    @id(ACTION_DELIVER)
    action deliver() {
        meta.deliver = 1;
    }

    // Two lists of the same members: `group` straight out of their ports, and `policed_group` by
    // way of the replication port (replication.p4). Off the reverse path the packet is dropped; 0
    // allows any.
    @id(ACTION_REPLICATE)
    action replicate(GroupId group, GroupId policed_group, InterfaceId reverse_path) {
        meta.copies = Copies.DIRECT;
        meta.out_interface = REPLICATION_INTERFACE;
        meta.group = group;
        meta.policed_group = policed_group;
        meta.reverse_path = reverse_path;
    }

    @id(ACTION_DISCARD)
    action discard() {
        drop(meta, DropReason.DISCARDED);
    }

    @id(ACTION_NO_ROUTE)
    action no_route() {
        drop(meta, DropReason.NO_ROUTE);
    }

    @id(ACTION_NO_SOURCE)
    action no_source() {}

    @id(TABLE_IPV4_ROUTES)
    table ipv4_routes {
        key = { hdr.ipv4.dst: lpm @name("destination"); }
        actions = { route; deliver; replicate; discard; @defaultonly no_route; }
        const default_action = no_route;
        size = ROUTES;
    }

    @id(TABLE_IPV6_ROUTES)
    table ipv6_routes {
        key = { hdr.ipv6.dst: lpm @name("destination"); }
        actions = { route; deliver; replicate; discard; @defaultonly no_route; }
        const default_action = no_route;
        size = ROUTES;
    }

    @id(TABLE_IPV4_MULTICAST_SOURCES)
    table ipv4_multicast_sources {
        key = {
            hdr.ipv4.dst: exact @name("group");
            hdr.ipv4.src: exact @name("source");
        }
        actions = { replicate; discard; @defaultonly no_source; }
        const default_action = no_source;
        size = MULTICAST_SOURCES;
    }

    @id(TABLE_IPV6_MULTICAST_SOURCES)
    table ipv6_multicast_sources {
        key = {
            hdr.ipv6.dst: exact @name("group");
            hdr.ipv6.src: exact @name("source");
        }
        actions = { replicate; discard; @defaultonly no_source; }
        const default_action = no_source;
        size = MULTICAST_SOURCES;
    }

    @id(ACTION_REACH)
    action reach(InterfaceId interface, MacAddress mac) {
        meta.out_interface = interface;
        meta.next_hop_mac = mac;
    }

    @id(ACTION_RESOLVE)
    action resolve() {
        punt(meta, PuntReason.NO_NEIGHBOUR);
    }

    @id(ACTION_NO_NEXT_HOP)
    action no_next_hop() {
        drop(meta, DropReason.NO_NEXT_HOP);
    }

    @id(TABLE_NEXT_HOPS)
    table next_hops {
        key = { meta.next_hop: exact @name("next_hop"); }
        actions = { reach; resolve; @defaultonly no_next_hop; }
        const default_action = no_next_hop;
        size = NEXT_HOPS;
    }

    apply {
        if (hdr.ipv4.isValid()) {
            if (meta.multicast == 1) {
                ipv4_multicast_sources.apply();
            }
            if (meta.fate == Fate.FORWARD && meta.copies == Copies.ONE) {
                ipv4_routes.apply();
            }
        } else {
            if (meta.multicast == 1) {
                ipv6_multicast_sources.apply();
            }
            if (meta.fate == Fate.FORWARD && meta.copies == Copies.ONE) {
                ipv6_routes.apply();
            }
        }

        if (meta.fate == Fate.FORWARD && meta.deliver == 0) {
            if ((meta.copies == Copies.ONE && meta.multicast == 1)
                    || (meta.copies == Copies.DIRECT && meta.multicast == 0)) {
                drop(meta, DropReason.NOT_FOR_US);
            } else if (meta.copies == Copies.ONE) {
                if (meta.hops_left <= 1) {
                    punt(meta, PuntReason.HOP_LIMIT);
                } else {
                    next_hops.apply();
                }
            } else if ((hdr.ipv4.isValid() && hdr.ipv4.dst[31:8] == IPV4_LINK_LOCAL_GROUPS)
                    || (hdr.ipv6.isValid() && IPV6_SCOPE(hdr.ipv6.dst) <= IPV6_SCOPE_LINK)) {
                drop(meta, DropReason.SCOPE);
            } else if (meta.reverse_path != 0 && meta.reverse_path != meta.in_interface) {
                drop(meta, DropReason.WRONG_INTERFACE);
            } else if (meta.hops_left <= 1) {
                drop(meta, DropReason.HOP_LIMIT);
            }
        }
    }
}

#endif
