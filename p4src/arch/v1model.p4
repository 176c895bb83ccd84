// What v1model calls the externs and operations that the shared controls use, and its checksums.
//
// A shim for another architecture defines the same macros. Colours are numbers.p4's: v1model's own.

#ifndef RSVP_ARCH_V1MODEL_P4
#define RSVP_ARCH_V1MODEL_P4

#include "../shared/headers.p4"

#define BYTE_METER(cells)                    meter<bit<32>>(cells, MeterType.bytes)
#define PACKET_METER(cells)                  meter<bit<32>>(cells, MeterType.packets)
#define EXECUTE_METER(meter_, index, colour) meter_.execute_meter(index, colour)

#define COUNTER(cells)        counter<bit<32>>(cells, CounterType.packets_and_bytes)
#define COUNT(counter_, index) counter_.count(index)

// Not every back end can look into an address; one that cannot says false, and leaves it to routes.
#define IPV6_IS_GROUP(address) (address)[127:120] == 0xFF
#define IPV6_SCOPE(address)    (address)[115:112]

// Values of standard_metadata.instance_type in simple_switch.
const bit<32> INSTANCE_RECIRCULATED = 4;
const bit<32> INSTANCE_REPLICA      = 5;

#define IPV4_CHECKSUM_FIELDS                                                                       \
    hdr.ipv4.version, hdr.ipv4.ihl, hdr.ipv4.dscp, hdr.ipv4.ecn, hdr.ipv4.total_length,            \
    hdr.ipv4.identification, hdr.ipv4.flags, hdr.ipv4.fragment_offset, hdr.ipv4.ttl,               \
    hdr.ipv4.protocol, hdr.ipv4.src, hdr.ipv4.dst

#define IPV4_PLAIN        hdr.ipv4.isValid() && !hdr.ipv4_options.isValid()
#define IPV4_WITH_OPTIONS hdr.ipv4_options.isValid()

control ChecksumVerification(inout headers_t hdr, inout metadata_t meta) {
    apply {
        verify_checksum(IPV4_PLAIN, { IPV4_CHECKSUM_FIELDS },
            hdr.ipv4.checksum, HashAlgorithm.csum16);
        verify_checksum(IPV4_WITH_OPTIONS, { IPV4_CHECKSUM_FIELDS, hdr.ipv4_options.options },
            hdr.ipv4.checksum, HashAlgorithm.csum16);
    }
}

control ChecksumComputation(inout headers_t hdr, inout metadata_t meta) {
    apply {
        update_checksum(IPV4_PLAIN, { IPV4_CHECKSUM_FIELDS },
            hdr.ipv4.checksum, HashAlgorithm.csum16);
        update_checksum(IPV4_WITH_OPTIONS, { IPV4_CHECKSUM_FIELDS, hdr.ipv4_options.options },
            hdr.ipv4.checksum, HashAlgorithm.csum16);
    }
}

#endif
