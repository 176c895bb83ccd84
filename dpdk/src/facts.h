/*
 * What p4c-dpdk cannot express about a frame: IPv4 checksums over headers with options, and what
 * kind of address 128 bits are; and what a frame takes on the wire. Looked up before a pass, mended after it.
 */
#ifndef P4RSVP_FACTS_H
#define P4RSVP_FACTS_H

#include "pipeline.h"

/*
 * Sets `wire_bytes`, what IPv6 addresses are, and `damaged` where an IPv4 header is whole and its
 * checksum wrong.
 */
void facts_find(struct pass *pass);

/* Makes the checksum of an IPv4 header true. */
void facts_mend(struct pass *pass);

#endif
