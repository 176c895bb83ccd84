// Counters, packets and bytes of each:
//
//     reservation_traffic   reservation x 4 + verdict       what became of a reservation's packets
//     punts                 ingress port x 32 + punt reason
//     drops                 ingress port x 32 + drop reason, in ingress
//     replica_drops         ingress port x 32 + drop reason, of single replicas in egress
//     port_traffic          egress port x 4 + service class, demoted packets as best effort
//
// The numbers are those of numbers.p4. Bytes are those of the frame.

#ifndef RSVP_ACCOUNTING_P4
#define RSVP_ACCOUNTING_P4

#include "headers.p4"
#include "ids.p4"
#include "sizes.p4"

control ReservationAccount(in metadata_t meta) {
    @id(COUNTER_RESERVATIONS)
    COUNTER(RESERVATION_CELLS) reservation_traffic;

    apply {
        if (meta.reservation != NO_RESERVATION) {
            COUNT(reservation_traffic, meta.reservation[29:0] ++ meta.verdict);
        }
    }
}

control FateAccount(in metadata_t meta) {
    @id(COUNTER_PUNTS)
    COUNTER(REASON_CELLS) punts;

    @id(COUNTER_DROPS)
    COUNTER(REASON_CELLS) drops;

    apply {
        if (meta.fate == Fate.PUNT) {
            COUNT(punts, (bit<32>) (meta.ingress_port ++ ((bit<8>) meta.punt_reason)[4:0]));
        } else if (meta.fate == Fate.DROP) {
            COUNT(drops, (bit<32>) (meta.ingress_port ++ ((bit<8>) meta.drop_reason)[4:0]));
        }
    }
}

control ReplicaAccount(in metadata_t meta) {
    @id(COUNTER_REPLICA_DROPS)
    COUNTER(REASON_CELLS) replica_drops;

    apply {
        COUNT(replica_drops, (bit<32>) (meta.ingress_port ++ ((bit<8>) meta.drop_reason)[4:0]));
    }
}

control PortAccount(in metadata_t meta) {
    @id(COUNTER_PORTS)
    COUNTER(PORT_CLASS_CELLS) port_traffic;

    apply {
        COUNT(port_traffic, (bit<32>) (meta.out_port ++ ((bit<8>) meta.service_class)[1:0]));
    }
}

#endif
