// Two of the three ends of a packet; the third is to be forwarded. No table entry names these
// actions, so P4Info does not either.

#ifndef RSVP_FATES_P4
#define RSVP_FATES_P4

#include "headers.p4"

@hidden
action drop(inout metadata_t meta, in DropReason reason) {
    meta.fate = Fate.DROP;
    meta.drop_reason = reason;
}

@hidden
action punt(inout metadata_t meta, in PuntReason reason) {
    meta.fate = Fate.PUNT;
    meta.punt_reason = reason;
}

#endif
