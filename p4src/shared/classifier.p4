// Which reservation of the outgoing interface a packet belongs to.
//
// RSVP's filters come in few shapes, so each shape is an exact-match table: a hash and a compare,
// where a TCAM would be the scarce resource. The most specific shape wins, by the order below. An
// interface names the shapes that it has filters of, and an absent shape costs nothing. Several
// filters may name one reservation: that is how senders share one (SE), and how any sender may use
// one (WF).
//
//     shape                 looks at                                   stands for
//     five_tuple            session, source, source port               FF and SE
//     spi                   destination, AH or ESP, source, SPI        RFC 2207 4.1
//     flow_label            destination, source, flow label (IPv6)     RFC 2205 A.9, C-Type 3
//     no_source_port        session, source                            SrcPort 0 where DstPort is not
//     any_source            session                                    WF
//     no_ports              destination, protocol, source              DstPort and SrcPort 0 (3.2)
//     any_source_no_ports   destination, protocol                      WF with DstPort 0, or with a GPI

#ifndef RSVP_CLASSIFIER_P4
#define RSVP_CLASSIFIER_P4

#include "headers.p4"
#include "ids.p4"
#include "sizes.p4"

#define NAMED(shape) (meta.shapes & (shape)) != 0
#define UNCLAIMED meta.reservation == NO_RESERVATION

#define INTERFACE        meta.out_interface: exact @name("interface")
#define IPV4_DESTINATION hdr.ipv4.dst:       exact @name("destination")
#define IPV4_SOURCE      hdr.ipv4.src:       exact @name("source")
#define IPV6_DESTINATION hdr.ipv6.dst:       exact @name("destination")
#define IPV6_SOURCE      hdr.ipv6.src:       exact @name("source")
#define FLOW_LABEL       hdr.ipv6.flow_label: exact @name("flow_label")
#define PROTOCOL         meta.protocol:      exact @name("protocol")
#define DESTINATION_PORT hdr.ports.dst:      exact @name("destination_port")
#define SOURCE_PORT      hdr.ports.src:      exact @name("source_port")
#define SPI              hdr.spi.spi:        exact @name("spi")

#define CLAIM(entries)                                 \
    actions = { reserve; reserve_marked; @defaultonly unreserved; } \
    const default_action = unreserved;                 \
    size = entries;

control Classifier(inout headers_t hdr, inout metadata_t meta) {
    @id(ACTION_RESERVE)
    action reserve(ReservationId reservation, ServiceClass service_class) {
        meta.reservation = reservation;
        meta.service_class = service_class;
    }

    // RFC 2996: what keeps to this reservation carries this DSCP, whatever its class says.
    @id(ACTION_RESERVE_MARKED)
    action reserve_marked(ReservationId reservation, ServiceClass service_class, Dscp dscp) {
        meta.reservation = reservation;
        meta.service_class = service_class;
        meta.own_dscp = dscp;
        meta.has_own_dscp = 1;
    }

    @id(ACTION_UNRESERVED)
    action unreserved() {}

    @id(TABLE_IPV4_FIVE_TUPLE)
    table ipv4_five_tuple {
        key = { INTERFACE; IPV4_DESTINATION; PROTOCOL; DESTINATION_PORT; IPV4_SOURCE; SOURCE_PORT; }
        CLAIM(FILTERS_IPV4)
    }

    @id(TABLE_IPV4_SPI)
    table ipv4_spi {
        key = { INTERFACE; IPV4_DESTINATION; PROTOCOL; IPV4_SOURCE; SPI; }
        CLAIM(FILTERS_IPV4)
    }

    @id(TABLE_IPV4_NO_SOURCE_PORT)
    table ipv4_no_source_port {
        key = { INTERFACE; IPV4_DESTINATION; PROTOCOL; DESTINATION_PORT; IPV4_SOURCE; }
        CLAIM(FILTERS_IPV4)
    }

    @id(TABLE_IPV4_ANY_SOURCE)
    table ipv4_any_source {
        key = { INTERFACE; IPV4_DESTINATION; PROTOCOL; DESTINATION_PORT; }
        CLAIM(FILTERS_IPV4)
    }

    @id(TABLE_IPV4_NO_PORTS)
    table ipv4_no_ports {
        key = { INTERFACE; IPV4_DESTINATION; PROTOCOL; IPV4_SOURCE; }
        CLAIM(FILTERS_IPV4)
    }

    @id(TABLE_IPV4_ANY_SOURCE_NO_PORTS)
    table ipv4_any_source_no_ports {
        key = { INTERFACE; IPV4_DESTINATION; PROTOCOL; }
        CLAIM(FILTERS_IPV4)
    }

    @id(TABLE_IPV6_FIVE_TUPLE)
    table ipv6_five_tuple {
        key = { INTERFACE; IPV6_DESTINATION; PROTOCOL; DESTINATION_PORT; IPV6_SOURCE; SOURCE_PORT; }
        CLAIM(FILTERS_IPV6)
    }

    @id(TABLE_IPV6_SPI)
    table ipv6_spi {
        key = { INTERFACE; IPV6_DESTINATION; PROTOCOL; IPV6_SOURCE; SPI; }
        CLAIM(FILTERS_IPV6)
    }

    // RFC 6437 2: source, destination and label are the flow, so that nothing behind the IPv6
    // header need be found. Ports and protocol of the session are not looked at.
    @id(TABLE_IPV6_FLOW_LABEL)
    table ipv6_flow_label {
        key = { INTERFACE; IPV6_DESTINATION; IPV6_SOURCE; FLOW_LABEL; }
        CLAIM(FILTERS_IPV6)
    }

    @id(TABLE_IPV6_NO_SOURCE_PORT)
    table ipv6_no_source_port {
        key = { INTERFACE; IPV6_DESTINATION; PROTOCOL; DESTINATION_PORT; IPV6_SOURCE; }
        CLAIM(FILTERS_IPV6)
    }

    @id(TABLE_IPV6_ANY_SOURCE)
    table ipv6_any_source {
        key = { INTERFACE; IPV6_DESTINATION; PROTOCOL; DESTINATION_PORT; }
        CLAIM(FILTERS_IPV6)
    }

    @id(TABLE_IPV6_NO_PORTS)
    table ipv6_no_ports {
        key = { INTERFACE; IPV6_DESTINATION; PROTOCOL; IPV6_SOURCE; }
        CLAIM(FILTERS_IPV6)
    }

    @id(TABLE_IPV6_ANY_SOURCE_NO_PORTS)
    table ipv6_any_source_no_ports {
        key = { INTERFACE; IPV6_DESTINATION; PROTOCOL; }
        CLAIM(FILTERS_IPV6)
    }

    apply {
        if (hdr.ipv4.isValid()) {
            if (NAMED(SHAPES_IPV4)) {
                if (NAMED(SHAPE_IPV4_FIVE_TUPLE) && hdr.ports.isValid()) {
                    ipv4_five_tuple.apply();
                }
                if (NAMED(SHAPE_IPV4_SPI) && hdr.spi.isValid()) {
                    ipv4_spi.apply();
                }
                if (UNCLAIMED && NAMED(SHAPE_IPV4_NO_SOURCE_PORT) && hdr.ports.isValid()) {
                    ipv4_no_source_port.apply();
                }
                if (UNCLAIMED && NAMED(SHAPE_IPV4_ANY_SOURCE) && hdr.ports.isValid()) {
                    ipv4_any_source.apply();
                }
                if (UNCLAIMED && NAMED(SHAPE_IPV4_NO_PORTS)) {
                    ipv4_no_ports.apply();
                }
                if (UNCLAIMED && NAMED(SHAPE_IPV4_ANY_SOURCE_NO_PORTS)) {
                    ipv4_any_source_no_ports.apply();
                }
            }
        } else if (NAMED(SHAPES_IPV6)) {
            if (NAMED(SHAPE_IPV6_FIVE_TUPLE) && hdr.ports.isValid()) {
                ipv6_five_tuple.apply();
            }
            if (NAMED(SHAPE_IPV6_SPI) && hdr.spi.isValid()) {
                ipv6_spi.apply();
            }
            if (UNCLAIMED && NAMED(SHAPE_IPV6_FLOW_LABEL)) {
                ipv6_flow_label.apply();
            }
            if (UNCLAIMED && NAMED(SHAPE_IPV6_NO_SOURCE_PORT) && hdr.ports.isValid()) {
                ipv6_no_source_port.apply();
            }
            if (UNCLAIMED && NAMED(SHAPE_IPV6_ANY_SOURCE) && hdr.ports.isValid()) {
                ipv6_any_source.apply();
            }
            if (UNCLAIMED && NAMED(SHAPE_IPV6_NO_PORTS)) {
                ipv6_no_ports.apply();
            }
            if (UNCLAIMED && NAMED(SHAPE_IPV6_ANY_SOURCE_NO_PORTS)) {
                ipv6_any_source_no_ports.apply();
            }
        }
    }
}

#endif
