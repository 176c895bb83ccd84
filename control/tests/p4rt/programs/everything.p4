// One of each: whatever a controller can write, read or hear of over P4Runtime. For tests only.
#include <core.p4>
#include <v1model.p4>

@controller_header("packet_in")
header packet_in_t {
    bit<16> ingress_port;
    bit<8>  reason;
}

@controller_header("packet_out")
header packet_out_t {
    bit<16> egress_port;
}

header ethernet_t {
    bit<48> destination;
    bit<48> source;
    bit<16> type;
}

header ipv4_t {
    bit<4>  version;
    bit<4>  header_words;
    bit<8>  type_of_service;
    bit<16> length;
    bit<16> id;
    bit<16> fragment;
    bit<8>  ttl;
    bit<8>  protocol;
    bit<16> checksum;
    bit<32> source;
    bit<32> destination;
}

struct headers_t {
    packet_out_t packet_out;
    packet_in_t  packet_in;
    ethernet_t   ethernet;
    ipv4_t       ipv4;
}

struct learned_t {
    bit<48> address;
    bit<9>  port;
}

struct metadata_t {
    bit<8> colour;
    bit<1> trusted;
}

struct peer_t {
    bit<8>                 protocol;
    @match(lpm) bit<32>    source;
    @match(ternary) bit<8> type_of_service;
    @match(range) bit<8>   ttl;
}

const bit<9> CPU_PORT = 510;

parser EverythingParser(packet_in packet, out headers_t hdr, inout metadata_t meta,
                        inout standard_metadata_t standard) {
    value_set<bit<16>>(4) ipv4_types;
    value_set<peer_t>(8) peers;

    state start {
        transition select(standard.ingress_port) {
            CPU_PORT: from_controller;
            default: ethernet;
        }
    }
    state from_controller {
        packet.extract(hdr.packet_out);
        transition ethernet;
    }
    state ethernet {
        packet.extract(hdr.ethernet);
        transition select(hdr.ethernet.type) {
            0x0800: ipv4;
            ipv4_types: ipv4;
            default: accept;
        }
    }
    state ipv4 {
        packet.extract(hdr.ipv4);
        transition select(hdr.ipv4.protocol, hdr.ipv4.source, hdr.ipv4.type_of_service,
                          hdr.ipv4.ttl) {
            peers: trusted;
            default: accept;
        }
    }
    state trusted {
        meta.trusted = 1;
        transition accept;
    }
}

control Verify(inout headers_t hdr, inout metadata_t meta) { apply { } }
control Update(inout headers_t hdr, inout metadata_t meta) { apply { } }

control EverythingIngress(inout headers_t hdr, inout metadata_t meta,
                          inout standard_metadata_t standard) {
    counter(64, CounterType.packets_and_bytes) port_counter;
    meter(64, MeterType.bytes) port_meter;
    register<bit<32>>(16) last_source;
    direct_counter(CounterType.packets_and_bytes) route_counter;
    direct_meter<bit<8>>(MeterType.bytes) filter_meter;
    action_selector(HashAlgorithm.crc16, 128, 8) uplinks;
    action_profile(32) rewrites;

    action discard() { mark_to_drop(standard); }
    action forward(bit<9> port) { standard.egress_spec = port; }
    action replicate(bit<16> group) { standard.mcast_grp = group; }
    action copy(bit<32> session) { clone(CloneType.I2E, session); }
    action mark(bit<8> type_of_service) { hdr.ipv4.type_of_service = type_of_service; }
    action admit() { filter_meter.read(meta.colour); }
    action punt(bit<8> reason) {
        hdr.packet_in.setValid();
        hdr.packet_in.ingress_port = (bit<16>) standard.ingress_port;
        hdr.packet_in.reason = reason;
        standard.egress_spec = CPU_PORT;
    }
    action learn() {
        digest<learned_t>(1, { hdr.ethernet.source, standard.ingress_port });
    }

    // Exact; says when an entry is idle; a source that it does not know is learned.
    table neighbours {
        key = { hdr.ethernet.source: exact @name("source"); }
        actions = { NoAction; learn; }
        default_action = learn();
        support_timeout = true;
        size = 1024;
    }

    // Longest prefix, with a direct counter.
    table routes {
        key = { hdr.ipv4.destination: lpm @name("destination"); }
        actions = { forward; replicate; punt; @tableonly copy; @defaultonly discard; }
        default_action = discard();
        counters = route_counter;
        size = 1024;
    }

    // Ternary, range and optional, with a direct meter.
    table filters {
        key = {
            hdr.ipv4.source: ternary @name("source");
            hdr.ipv4.length: range @name("length");
            hdr.ipv4.protocol: optional @name("protocol");
            standard.ingress_port: exact @name("port");
        }
        actions = { discard; admit; }
        meters = filter_meter;
        const default_action = admit();
        size = 64;
    }

    // Groups, members and one-shot sets.
    table balanced {
        key = {
            hdr.ipv4.destination: exact @name("destination");
            hdr.ipv4.source: selector;
            hdr.ipv4.id: selector;
        }
        actions = { forward; discard; NoAction; }
        implementation = uplinks;
        size = 128;
    }

    // Members only.
    table rewritten {
        key = { hdr.ipv4.protocol: exact @name("protocol"); }
        actions = { mark; NoAction; }
        implementation = rewrites;
        size = 128;
    }

    // Constant in the program.
    table known_types {
        key = { hdr.ethernet.type: exact @name("type"); }
        actions = { NoAction; discard; }
        const default_action = discard();
        const entries = {
            0x0800: NoAction();
            0x0806: NoAction();
        }
    }

    // No key: nothing but a default action.
    table policy {
        actions = { NoAction; mark; }
        default_action = NoAction();
    }

    apply {
        port_counter.count((bit<32>) standard.ingress_port & 63);
        if (hdr.packet_out.isValid()) {
            standard.egress_spec = (bit<9>) hdr.packet_out.egress_port;
            hdr.packet_out.setInvalid();
        } else {
            neighbours.apply();
            known_types.apply();
            if (hdr.ipv4.isValid()) {
                port_meter.execute_meter((bit<32>) standard.ingress_port & 63, meta.colour);
                last_source.write((bit<32>) standard.ingress_port & 15, hdr.ipv4.source);
                routes.apply();
                filters.apply();
                balanced.apply();
                rewritten.apply();
                policy.apply();
                if (meta.trusted == 1) {
                    hdr.ipv4.type_of_service = 0xff;
                }
            }
        }
    }
}

control EverythingEgress(inout headers_t hdr, inout metadata_t meta,
                         inout standard_metadata_t standard) { apply { } }

control EverythingDeparser(packet_out packet, in headers_t hdr) {
    apply {
        packet.emit(hdr.packet_in);
        packet.emit(hdr.ethernet);
        packet.emit(hdr.ipv4);
    }
}

V1Switch(EverythingParser(), Verify(), EverythingIngress(), EverythingEgress(), Update(),
         EverythingDeparser()) main;
