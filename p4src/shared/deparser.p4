// The headers in the order in which they stand on the wire. The controller's own header is left
// behind.

#ifndef RSVP_DEPARSER_P4
#define RSVP_DEPARSER_P4

#include "headers.p4"

control PacketDeparser(packet_out packet, in headers_t hdr) {
    apply {
        packet.emit(hdr.packet_in);
        packet.emit(hdr.ethernet);
        packet.emit(hdr.vlan);
        packet.emit(hdr.ipv4);
        packet.emit(hdr.ipv4_options);
        packet.emit(hdr.ipv6);
        packet.emit(hdr.extension_1);
        packet.emit(hdr.extension_2);
        packet.emit(hdr.extension_3);
        packet.emit(hdr.ports);
        packet.emit(hdr.ah);
        packet.emit(hdr.spi);
        packet.emit(hdr.icmp);
        packet.emit(hdr.rsvp);
    }
}

#endif
