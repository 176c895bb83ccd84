// An Integrated Services router: RSVP's data plane for v1model (bmv2 and the embedded software
// switch).
//
// This file is the table of contents. What each control does, and why, stands in its own file under
// shared/, which the mains for other architectures include as well; docs/dataplane.md explains the
// whole.

#include <core.p4>
#define V1MODEL_VERSION 20200408
#include <v1model.p4>

#include "arch/v1model.p4"
#include "shared/parser.p4"
#include "shared/arrival.p4"
#include "shared/validation.p4"
#include "shared/interception.p4"
#include "shared/routing.p4"
#include "shared/delivery.p4"
#include "shared/departure.p4"
#include "shared/classifier.p4"
#include "shared/policer.p4"
#include "shared/verdict.p4"
#include "shared/replication.p4"
#include "shared/rewriting.p4"
#include "shared/packet_io.p4"
#include "shared/accounting.p4"
#include "shared/deparser.p4"

// A frame from the controller stands behind its header and is not looked at.
parser Parse(packet_in packet, out headers_t hdr, inout metadata_t meta,
             inout standard_metadata_t standard) {
    state start {
        transition select(standard.ingress_port) {
            CPU_PORT: from_controller;
            default:  from_network;
        }
    }
    state from_controller {
        packet.extract(hdr.packet_out);
        transition accept;
    }
    state from_network {
        PacketParser.apply(packet, hdr, meta);
        transition accept;
    }
}

// Where the packet is from, in the shared controls' terms, and whether it is whole.
control Receive(inout metadata_t meta, in standard_metadata_t standard) {
    apply {
        if (standard.instance_type == INSTANCE_RECIRCULATED) {
            meta.copies = Copies.REPLICA;
        } else {
            meta.ingress_port = standard.ingress_port;
        }
        if (standard.checksum_error == 1 || standard.parser_error != error.NoError) {
            drop(meta, DropReason.DAMAGED);
        }
    }
}

// What the shared controls decided, in v1model's terms.
control HandOver(in metadata_t meta, inout standard_metadata_t standard) {
    apply {
        standard.priority = meta.queue;
        if (meta.fate == Fate.DROP) {
            mark_to_drop(standard);
        } else if (meta.copies == Copies.DIRECT || meta.copies == Copies.POLICED) {
            standard.mcast_grp = meta.group;
        } else {
            standard.egress_spec = meta.out_port;
        }
    }
}

#define FORWARDING meta.fate == Fate.FORWARD

control RouterIngress(inout headers_t hdr, inout metadata_t meta, inout standard_metadata_t standard) {
    apply {
        Receive.apply(meta, standard);

        // Whither, and in which service.
        if (hdr.packet_out.isValid()) {
            FromController.apply(hdr, meta);
        } else {
            if (meta.copies != Copies.REPLICA) {
                if (FORWARDING) { Arrival.apply(hdr, meta); }
                if (FORWARDING) { Validation.apply(hdr, meta); }
                if (FORWARDING && !hdr.ports.isValid()) { Interception.apply(hdr, meta); }
                if (FORWARDING) { Routing.apply(hdr, meta); }
                if (FORWARDING && meta.deliver == 1) { Delivery.apply(hdr, meta); }
            }
            if (FORWARDING) { Departure.apply(meta); }
            if (FORWARDING) {
                Classifier.apply(hdr, meta);
                Policer.apply(meta);
            }
        }

        // With which priority, if at all.
        if (FORWARDING) {
            Judgement.apply(meta);
            ReservationAccount.apply(meta);
            ChooseList.apply(meta);
            Enforcement.apply(meta);
        }

        // With which changes.
        if (FORWARDING && !hdr.packet_out.isValid() && meta.copies != Copies.POLICED) {
            Marking.apply(hdr, meta);
            HopCount.apply(hdr);
            if (meta.copies != Copies.DIRECT) { LinkAddresses.apply(hdr, meta); }
        }

        if (meta.fate == Fate.PUNT) { ToController.apply(hdr, meta); }
        FateAccount.apply(meta);
        HandOver.apply(meta, standard);
    }
}

control RouterEgress(inout headers_t hdr, inout metadata_t meta, inout standard_metadata_t standard) {
    apply {
        meta.out_port = standard.egress_port;

        if (standard.instance_type == INSTANCE_REPLICA) {
            meta.out_interface = standard.egress_rid;
            if (meta.out_interface == meta.in_interface) {
                drop(meta, DropReason.CAME_FROM_THERE);
            } else if (standard.egress_port == REPLICATION_PORT) {
                recirculate_preserving_field_list(REPLICA_FIELDS);
            } else {
                ReplicaDeparture.apply(meta);
                if (FORWARDING) { LinkAddresses.apply(hdr, meta); }
            }
        }

        if (meta.fate == Fate.DROP) {
            ReplicaAccount.apply(meta);
            mark_to_drop(standard);
        } else {
            PortAccount.apply(meta);
        }
    }
}

@pkginfo(name="rsvp", version="1.0.0")
@platform_property(multicast_group_table_size=MULTICAST_LISTS)
V1Switch(
    Parse(),
    ChecksumVerification(),
    RouterIngress(),
    RouterEgress(),
    ChecksumComputation(),
    PacketDeparser()
) main;
