// The three ends of a packet. Everything behind the first decision leaves the packet alone.

#ifndef RSVP_FATES_P4
#define RSVP_FATES_P4

#include "headers.p4"

action drop(inout metadata_t meta, in DropReason reason) {
    meta.fate = Fate.DROP;
    meta.drop_reason = reason;
}

action punt(inout metadata_t meta, in PuntReason reason) {
    meta.fate = Fate.PUNT;
    meta.punt_reason = reason;
}

#endif
