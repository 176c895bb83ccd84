// What PSA calls the externs and operations that the shared controls use, in p4c-dpdk's dialect, and
// what the switch on DPDK (dpdk/) adds to a packet's metadata.
//
// p4c-dpdk has neither egress nor checksums over options, reports no headers cut short, and looks
// into no address of 128 bits. docs/dpdk.md says for each of these where it is done instead.

#ifndef RSVP_ARCH_PSA_P4
#define RSVP_ARCH_PSA_P4

// Set before a pass, beside what a replica carries (headers.p4).
#define METADATA_OF_ARCH                                                                          \
    bit<16> frame_bytes;    /* as it came in, without FCS: what counters count */                 \
    bit<16> wire_bytes;     /* what it takes on an Ethernet: what reservations' meters count */    \
    bit<1>  damaged;        /* a header is cut short, or its checksum is wrong */                 \
    bit<1>  ipv6_src_group; /* the source is a group */                                           \
    bit<4>  ipv6_scope;     /* of the destination, where that is a group */

#include "../shared/headers.p4"

#define BYTE_METER(cells)   Meter<bit<32>>(cells, PSA_MeterType_t.BYTES)
#define PACKET_METER(cells) Meter<bit<32>>(cells, PSA_MeterType_t.PACKETS)

// A byte is one on the wire, as @bytes_on says; punts are counted by packets. PSA's own numbers of
// colours are no one's business.
#define EXECUTE_METER(meter_, index, colour_) {                                                   \
    PSA_MeterColor_t psa_colour =                                                                 \
        meter_.dpdk_execute(index, PSA_MeterColor_t.GREEN, (bit<32>) meta.wire_bytes);            \
    if (psa_colour == PSA_MeterColor_t.RED) { colour_ = RED; }                                    \
    else if (psa_colour == PSA_MeterColor_t.YELLOW) { colour_ = YELLOW; }                         \
    else { colour_ = GREEN; }                                                                     \
}

#define COUNTER(cells)         Counter<bit<64>, bit<32>>(cells, PSA_CounterType_t.PACKETS_AND_BYTES)
#define COUNT(counter_, index) counter_.count(index, (bit<32>) meta.frame_bytes)

#define IPV6_IS_GROUP(address) meta.ipv6_src_group == 1
#define IPV6_SCOPE(address)    meta.ipv6_scope

#endif
