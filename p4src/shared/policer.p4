// Holds a packet against its reservation's token buckets.
//
// The meter is a two-rate three-colour marker (RFC 2698), blind to colour: committed rate and burst
// are the Tspec's r and b, peak rate and burst its p and M. Indirect, since one reservation may
// have many filters and since Tofino's P4Runtime has no direct meters. A byte is best one on the wire
// (docs/intserv.md, Meters): a target that can count so is asked to, others count frames.

#ifndef RSVP_POLICER_P4
#define RSVP_POLICER_P4

#include "headers.p4"
#include "ids.p4"
#include "sizes.p4"

control Policer(inout metadata_t meta) {
    @id(METER_RESERVATIONS)
    @bytes_on["wire"]
    BYTE_METER(RESERVATIONS) reservation_meter;

    apply {
        if (meta.reservation == NO_RESERVATION) {
            meta.service_class = ServiceClass.BEST_EFFORT;  // whatever a filter may say
        } else {
            EXECUTE_METER(reservation_meter, meta.reservation, meta.colour);
        }
    }
}

#endif
