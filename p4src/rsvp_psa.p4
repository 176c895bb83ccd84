// An Integrated Services router: RSVP's data plane for PSA, as p4c-dpdk knows it (dpdk/).
//
// This file is the table of contents. What each control does, and why, stands in its own file under
// shared/, which the mains for other architectures include as well; docs/dataplane.md explains the
// whole.
//
// p4c-dpdk compiles the ingress pipeline and nothing else. So this main is compiled twice: as it
// is, and with PIPELINE_OF_EGRESS, which puts egress into the place of ingress. dpdk/ runs the one,
// replicates and queues, and runs the other on what leaves. What PSA would carry between the two
// (and to a second pass) it sets before a pass: the fields of REPLICA_FIELDS, `copies`, `queue`,
// `service_class` and METADATA_OF_ARCH.

#include <core.p4>
#include <psa.p4>

#include "arch/psa.p4"
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

struct nothing_t {}

// A frame from the controller stands behind its header and is not looked at. Neither is a damaged
// one.
parser Parse(packet_in packet, out headers_t hdr, inout metadata_t meta,
             in psa_ingress_parser_input_metadata_t standard,
             in nothing_t resubmitted, in nothing_t recirculated) {
    state start {
        transition select(meta.damaged, meta.ingress_port) {
            (1, _):        accept;
            (0, CPU_PORT): from_controller;
            default:       from_network;
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

// What the shared controls decided, in PSA's terms. The queue and the replication list dpdk/ takes
// from the metadata: a value that an action sets and that is read once, p4c-dpdk mistakes for what
// is assigned outside of actions.
control HandOver(in metadata_t meta, inout psa_ingress_output_metadata_t decided) {
    apply {
        decided.drop = meta.fate == Fate.DROP;
        decided.egress_port = (PortId_t) (PortIdUint_t) meta.out_port;
    }
}

#define FORWARDING meta.fate == Fate.FORWARD

control RouterIngress(inout headers_t hdr, inout metadata_t meta,
                      in psa_ingress_input_metadata_t standard,
                      inout psa_ingress_output_metadata_t decided) {
    apply {
        if (meta.damaged == 1) {
            drop(meta, DropReason.DAMAGED);
        }

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
        HandOver.apply(meta, decided);
    }
}

control DeparseIngress(packet_out packet, out nothing_t cloned, out nothing_t resubmitted,
                       out nothing_t carried, inout headers_t hdr, in metadata_t meta,
                       in psa_ingress_output_metadata_t decided) {
    apply { PacketDeparser.apply(packet, hdr); }
}

// Only replicas are looked into again: they get their link addresses here.
parser LeavingParser(packet_in packet, out headers_t hdr, inout metadata_t meta) {
    state start {
        transition select(meta.copies, meta.out_port) {
            (_, REPLICATION_PORT): accept;
            (Copies.DIRECT, _):    replica;
            (Copies.POLICED, _):   replica;
            default:               accept;
        }
    }
    state replica {
        PacketParser.apply(packet, hdr, meta);
        transition accept;
    }
}

control Leaving(inout headers_t hdr, inout metadata_t meta) {
    apply {
        if (meta.copies == Copies.DIRECT || meta.copies == Copies.POLICED) {
            if (meta.out_interface == meta.in_interface) {
                drop(meta, DropReason.CAME_FROM_THERE);
            } else if (meta.out_port != REPLICATION_PORT) {
                ReplicaDeparture.apply(meta);
                if (FORWARDING) { LinkAddresses.apply(hdr, meta); }
            }
        }

        if (meta.fate == Fate.DROP) {
            ReplicaAccount.apply(meta);
        } else {
            PortAccount.apply(meta);
        }
    }
}

#ifndef PIPELINE_OF_EGRESS

parser ParseLeaving(packet_in packet, out headers_t hdr, inout metadata_t meta,
                    in psa_egress_parser_input_metadata_t standard,
                    in nothing_t carried, in nothing_t cloned, in nothing_t cloned_again) {
    state start {
        LeavingParser.apply(packet, hdr, meta);
        transition accept;
    }
}

control RouterEgress(inout headers_t hdr, inout metadata_t meta,
                     in psa_egress_input_metadata_t standard,
                     inout psa_egress_output_metadata_t decided) {
    apply {
        Leaving.apply(hdr, meta);
        decided.drop = meta.fate == Fate.DROP;
    }
}

control DeparseEgress(packet_out packet, out nothing_t cloned, out nothing_t recirculated,
                      inout headers_t hdr, in metadata_t meta,
                      in psa_egress_output_metadata_t decided,
                      in psa_egress_deparser_input_metadata_t deparsing) {
    apply { PacketDeparser.apply(packet, hdr); }
}

IngressPipeline(Parse(), RouterIngress(), DeparseIngress()) first;
EgressPipeline(ParseLeaving(), RouterEgress(), DeparseEgress()) second;

#else

parser ParseLeaving(packet_in packet, out headers_t hdr, inout metadata_t meta,
                    in psa_ingress_parser_input_metadata_t standard,
                    in nothing_t resubmitted, in nothing_t recirculated) {
    state start {
        LeavingParser.apply(packet, hdr, meta);
        transition accept;
    }
}

control EgressInPlace(inout headers_t hdr, inout metadata_t meta,
                      in psa_ingress_input_metadata_t standard,
                      inout psa_ingress_output_metadata_t decided) {
    apply {
        Leaving.apply(hdr, meta);
        HandOver.apply(meta, decided);
    }
}

parser ParseNothing(packet_in packet, out nothing_t hdr, inout nothing_t meta,
                    in psa_egress_parser_input_metadata_t standard,
                    in nothing_t carried, in nothing_t cloned, in nothing_t cloned_again) {
    state start { transition accept; }
}

control DoNothing(inout nothing_t hdr, inout nothing_t meta,
                  in psa_egress_input_metadata_t standard,
                  inout psa_egress_output_metadata_t decided) {
    apply {}
}

control DeparseNothing(packet_out packet, out nothing_t cloned, out nothing_t recirculated,
                       inout nothing_t hdr, in nothing_t meta,
                       in psa_egress_output_metadata_t decided,
                       in psa_egress_deparser_input_metadata_t deparsing) {
    apply {}
}

IngressPipeline(ParseLeaving(), EgressInPlace(), DeparseIngress()) first;
EgressPipeline(ParseNothing(), DoNothing(), DeparseNothing()) second;

#endif

@pkginfo(name="rsvp", version="1.0.0")
PSA_Switch(first, PacketReplicationEngine(), second, BufferingQueueingEngine()) main;
