/*
 * The pipelines of p4src/rsvp_psa.p4. Made by dpdk/translator from what p4c-dpdk compiled; ci/p4
 * --write makes it anew. src/pipeline.h says what its functions do.
 */
#include "../src/pipeline_parts.h"

/* A jump of the spec may pass by what it need not do, and a field may be set that nobody reads. */
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"

enum {
	TABLE_INTERFACES,
	TABLE_IPV4_ROUTES,
	TABLE_IPV6_ROUTES,
	TABLE_IPV4_MULTICAST_SOURCES,
	TABLE_IPV6_MULTICAST_SOURCES,
	TABLE_NEXT_HOPS,
	TABLE_OUTGOING_INTERFACES,
	TABLE_IPV4_FIVE_TUPLE,
	TABLE_IPV4_SPI,
	TABLE_IPV4_NO_SOURCE_PORT,
	TABLE_IPV4_ANY_SOURCE,
	TABLE_IPV4_NO_PORTS,
	TABLE_IPV4_ANY_SOURCE_NO_PORTS,
	TABLE_IPV6_FIVE_TUPLE,
	TABLE_IPV6_SPI,
	TABLE_IPV6_FLOW_LABEL,
	TABLE_IPV6_NO_SOURCE_PORT,
	TABLE_IPV6_ANY_SOURCE,
	TABLE_IPV6_NO_PORTS,
	TABLE_IPV6_ANY_SOURCE_NO_PORTS,
	TABLE_VERDICTS,
	TABLE_REPLICA_INTERFACES,
};

enum {
	METER_RESERVATION_METER,
	METER_PUNT_METER,
};

enum {
	COUNTER_RESERVATION_TRAFFIC,
	COUNTER_PUNTS,
	COUNTER_DROPS,
	COUNTER_REPLICA_DROPS,
	COUNTER_PORT_TRAFFIC,
};

const struct program_info program_info = {
	.fingerprint = {0x89, 0x86, 0xf8, 0x26, 0xf0, 0x15, 0xc3, 0x50, 0x78, 0x6e, 0xbf, 0x52, 0xd6, 0x28, 0xd2, 0x64, 0x3a, 0xf3, 0x18, 0x15, 0x8a, 0x79, 0xe3, 0x42, 0x85, 0xb6, 0x18, 0x65, 0x96, 0xd5, 0x98, 0x2c},
	.table_count = 22,
	.meter_count = 2,
	.counter_count = 5,
	.tables = {
		{
			.name = "interfaces", .id = 0x02010001, .kind = TABLE_EXACT,
			.size = 4096, .default_action = 1,
			.key = {.count = 2, .bits = {9, 12}},
			.action_count = 2,
			.actions = {
				{.id = 0x01010001, .for_entries = 1, .parameters = {.count = 3, .bits = {16, 48, 1}}},
				{.id = 0x01010002, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_routes", .id = 0x02020001, .kind = TABLE_LPM,
			.size = 16384, .default_action = 4,
			.key = {.count = 1, .bits = {32}},
			.action_count = 5,
			.actions = {
				{.id = 0x01020001, .for_entries = 1, .parameters = {.count = 1, .bits = {16}}},
				{.id = 0x01020002, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020003, .for_entries = 1, .parameters = {.count = 3, .bits = {16, 16, 16}}},
				{.id = 0x01020004, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020005, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_routes", .id = 0x02020002, .kind = TABLE_LPM,
			.size = 16384, .default_action = 4,
			.key = {.count = 1, .bits = {128}},
			.action_count = 5,
			.actions = {
				{.id = 0x01020001, .for_entries = 1, .parameters = {.count = 1, .bits = {16}}},
				{.id = 0x01020002, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020003, .for_entries = 1, .parameters = {.count = 3, .bits = {16, 16, 16}}},
				{.id = 0x01020004, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020005, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_multicast_sources", .id = 0x02020003, .kind = TABLE_EXACT,
			.size = 4096, .default_action = 2,
			.key = {.count = 2, .bits = {32, 32}},
			.action_count = 3,
			.actions = {
				{.id = 0x01020003, .for_entries = 1, .parameters = {.count = 3, .bits = {16, 16, 16}}},
				{.id = 0x01020004, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020006, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_multicast_sources", .id = 0x02020004, .kind = TABLE_EXACT,
			.size = 4096, .default_action = 2,
			.key = {.count = 2, .bits = {128, 128}},
			.action_count = 3,
			.actions = {
				{.id = 0x01020003, .for_entries = 1, .parameters = {.count = 3, .bits = {16, 16, 16}}},
				{.id = 0x01020004, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020006, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "next_hops", .id = 0x02020005, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 1, .bits = {16}},
			.action_count = 3,
			.actions = {
				{.id = 0x01020007, .for_entries = 1, .parameters = {.count = 2, .bits = {16, 48}}},
				{.id = 0x01020008, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01020009, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "outgoing_interfaces", .id = 0x02030001, .kind = TABLE_EXACT,
			.size = 4096, .default_action = 1,
			.key = {.count = 1, .bits = {16}},
			.action_count = 2,
			.actions = {
				{.id = 0x01030001, .for_entries = 1, .parameters = {.count = 5, .bits = {9, 48, 12, 16, 16}}},
				{.id = 0x01030002, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_five_tuple", .id = 0x02040001, .kind = TABLE_EXACT,
			.size = 65536, .default_action = 2,
			.key = {.count = 6, .bits = {16, 32, 8, 16, 32, 16}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_spi", .id = 0x02040002, .kind = TABLE_EXACT,
			.size = 65536, .default_action = 2,
			.key = {.count = 5, .bits = {16, 32, 8, 32, 32}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_no_source_port", .id = 0x02040003, .kind = TABLE_EXACT,
			.size = 65536, .default_action = 2,
			.key = {.count = 5, .bits = {16, 32, 8, 16, 32}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_any_source", .id = 0x02040004, .kind = TABLE_EXACT,
			.size = 65536, .default_action = 2,
			.key = {.count = 4, .bits = {16, 32, 8, 16}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_no_ports", .id = 0x02040005, .kind = TABLE_EXACT,
			.size = 65536, .default_action = 2,
			.key = {.count = 4, .bits = {16, 32, 8, 32}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv4_any_source_no_ports", .id = 0x02040006, .kind = TABLE_EXACT,
			.size = 65536, .default_action = 2,
			.key = {.count = 3, .bits = {16, 32, 8}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_five_tuple", .id = 0x02040011, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 6, .bits = {16, 128, 8, 16, 128, 16}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_spi", .id = 0x02040012, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 5, .bits = {16, 128, 8, 128, 32}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_flow_label", .id = 0x02040017, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 4, .bits = {16, 128, 128, 20}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_no_source_port", .id = 0x02040013, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 5, .bits = {16, 128, 8, 16, 128}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_any_source", .id = 0x02040014, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 4, .bits = {16, 128, 8, 16}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_no_ports", .id = 0x02040015, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 4, .bits = {16, 128, 8, 128}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "ipv6_any_source_no_ports", .id = 0x02040016, .kind = TABLE_EXACT,
			.size = 16384, .default_action = 2,
			.key = {.count = 3, .bits = {16, 128, 8}},
			.action_count = 3,
			.actions = {
				{.id = 0x01040001, .for_entries = 1, .parameters = {.count = 2, .bits = {32, 8}}},
				{.id = 0x01040002, .for_entries = 1, .parameters = {.count = 3, .bits = {32, 8, 6}}},
				{.id = 0x01040003, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
		{
			.name = "verdicts", .id = 0x02050001, .kind = TABLE_EXACT,
			.size = 16, .default_action = 2,
			.key = {.count = 2, .bits = {8, 2}},
			.action_count = 5,
			.actions = {
				{.id = 0x01050001, .for_entries = 1, .parameters = {.count = 1, .bits = {3}}},
				{.id = 0x01050002, .for_entries = 1, .parameters = {.count = 2, .bits = {3, 6}}},
				{.id = 0x01050003, .for_entries = 1, .parameters = {.count = 0}},
				{.id = 0x01050004, .for_entries = 1, .parameters = {.count = 1, .bits = {6}}},
				{.id = 0x01050005, .for_entries = 1, .parameters = {.count = 0}},
			},
		},
		{
			.name = "replica_interfaces", .id = 0x02030002, .kind = TABLE_EXACT,
			.size = 4096, .default_action = 1,
			.key = {.count = 1, .bits = {16}},
			.action_count = 2,
			.actions = {
				{.id = 0x01030003, .for_entries = 1, .parameters = {.count = 3, .bits = {48, 12, 16}}},
				{.id = 0x01030004, .for_entries = 0, .parameters = {.count = 0}},
			},
		},
	},
	.meters = {
		{.name = "reservation_meter", .id = 0x14050001, .size = 131072, .counts_packets = 0},
		{.name = "punt_meter", .id = 0x14060001, .size = 2048, .counts_packets = 1},
	},
	.counters = {
		{.name = "reservation_traffic", .id = 0x12070001, .size = 524288, .counts_packets = 0},
		{.name = "punts", .id = 0x12070002, .size = 16384, .counts_packets = 0},
		{.name = "drops", .id = 0x12070003, .size = 16384, .counts_packets = 0},
		{.name = "replica_drops", .id = 0x12070004, .size = 16384, .counts_packets = 0},
		{.name = "port_traffic", .id = 0x12070005, .size = 2048, .counts_packets = 0},
	},
};

enum pass_result pipeline_ingress(struct pass *pass,
	const struct program *program, struct worker_state *state)
{
	uint8_t *const frame = pass->frame;
	uint32_t left_bytes = pass->length_bytes;
	uint32_t at = 0, front_bytes = 0;
	uint8_t m_psa_ingress_output_metadata_drop = 0;
	uint32_t m_psa_ingress_output_metadata_egress_port = 0;
	uint16_t m_local_metadata_ingress_port = pass->ingress_port;
	uint16_t m_local_metadata_ether_type = 0;
	uint8_t m_local_metadata_protocol = 0;
	uint16_t m_local_metadata_ip_bytes = 0;
	uint8_t m_local_metadata_hops_left = 0;
	uint16_t m_local_metadata_fragment_offset = 0;
	uint16_t m_local_metadata_first_option = 0;
	uint16_t m_local_metadata_in_interface = pass->in_interface;
	uint16_t m_local_metadata_out_interface = pass->out_interface;
	uint8_t m_local_metadata_rsvp = 0;
	uint8_t m_local_metadata_multicast = 0;
	uint8_t m_local_metadata_deliver = 0;
	uint64_t m_local_metadata_own_mac = 0;
	uint16_t m_local_metadata_next_hop = 0;
	uint8_t m_local_metadata_copies = pass->copies;
	uint16_t m_local_metadata_group = 0;
	uint16_t m_local_metadata_policed_group = 0;
	uint16_t m_local_metadata_reverse_path = 0;
	uint16_t m_local_metadata_out_port = pass->out_port;
	uint64_t m_local_metadata_out_mac = 0;
	uint16_t m_local_metadata_out_vlan_id = 0;
	uint64_t m_local_metadata_next_hop_mac = 0;
	uint16_t m_local_metadata_mtu_bytes = 0;
	uint16_t m_local_metadata_shapes = 0;
	uint32_t m_local_metadata_reservation = 0;
	uint8_t m_local_metadata_service_class = pass->service_class;
	uint8_t m_local_metadata_colour = 0;
	uint8_t m_local_metadata_verdict = 0;
	uint8_t m_local_metadata_queue = pass->queue;
	uint8_t m_local_metadata_has_own_dscp = 0;
	uint8_t m_local_metadata_own_dscp = 0;
	uint8_t m_local_metadata_has_policy_dscp = 0;
	uint8_t m_local_metadata_policy_dscp = 0;
	uint8_t m_local_metadata_fate = 0;
	uint8_t m_local_metadata_punt_reason = 0;
	uint8_t m_local_metadata_drop_reason = 0;
	uint16_t m_local_metadata_frame_bytes = pass->frame_bytes;
	uint16_t m_local_metadata_wire_bytes = pass->wire_bytes;
	uint8_t m_local_metadata_damaged = pass->damaged;
	uint8_t m_local_metadata_ipv6_src_group = pass->ipv6_src_group;
	uint8_t m_local_metadata_ipv6_scope = pass->ipv6_scope;
	uint16_t m_RouterIngress_Arrival_interfaces_local_metadata_ingress_port = 0;
	uint16_t m_RouterIngress_Arrival_interfaces_local_metadata_vlan_id = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_five_tuple_local_metadata_ou26 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_five_tuple_ipv4_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv4_five_tuple_local_metadata_pr27 = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_five_tuple_ports_dst = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_five_tuple_ipv4_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_five_tuple_ports_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_spi_local_metadata_out_inter28 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_spi_ipv4_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv4_spi_local_metadata_protocol = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_spi_ipv4_src = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_spi_spi_spi = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_no_source_port_local_metadat29 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_no_source_port_ipv4_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv4_no_source_port_local_metadat30 = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_no_source_port_ports_dst = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_no_source_port_ipv4_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_any_source_local_metadata_ou31 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_any_source_ipv4_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv4_any_source_local_metadata_pr32 = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_any_source_ports_dst = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_no_ports_local_metadata_out_33 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_no_ports_ipv4_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv4_no_ports_local_metadata_prot34 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_no_ports_ipv4_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv4_any_source_no_ports_local_me35 = 0;
	uint32_t m_RouterIngress_Classifier_ipv4_any_source_no_ports_ipv4_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv4_any_source_no_ports_local_me36 = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_five_tuple_local_metadata_ou37 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv6_five_tuple_local_metadata_pr38 = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_five_tuple_ports_dst = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_five_tuple_ports_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_spi_local_metadata_out_inter39 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_spi_ipv6_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv6_spi_local_metadata_protocol = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_spi_ipv6_src = 0;
	uint32_t m_RouterIngress_Classifier_ipv6_spi_spi_spi = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_flow_label_local_metadata_ou40 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_flow_label_ipv6_dst = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_flow_label_ipv6_src = 0;
	uint32_t m_RouterIngress_Classifier_ipv6_flow_label_key = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_no_source_port_local_metadat41 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv6_no_source_port_local_metadat42 = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_no_source_port_ports_dst = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_any_source_local_metadata_ou43 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_any_source_ipv6_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv6_any_source_local_metadata_pr44 = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_any_source_ports_dst = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_no_ports_local_metadata_out_45 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_no_ports_ipv6_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv6_no_ports_local_metadata_prot46 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_no_ports_ipv6_src = 0;
	uint16_t m_RouterIngress_Classifier_ipv6_any_source_no_ports_local_me47 = 0;
	unsigned __int128 m_RouterIngress_Classifier_ipv6_any_source_no_ports_ipv6_dst = 0;
	uint8_t m_RouterIngress_Classifier_ipv6_any_source_no_ports_local_me48 = 0;
	uint32_t m_IngressParser_parser_tmp = 0;
	uint32_t m_IngressParser_parser_tmp_0 = 0;
	uint32_t m_IngressParser_parser_tmp_1 = 0;
	uint32_t m_IngressParser_parser_tmp_2 = 0;
	uint32_t m_IngressParser_parser_tmp_3 = 0;
	uint32_t m_IngressParser_parser_tmp_4 = 0;
	uint32_t m_IngressParser_parser_tmp_5 = 0;
	uint32_t m_IngressParser_parser_tmp_6 = 0;
	uint32_t m_IngressParser_parser_tmp_7 = 0;
	uint32_t m_IngressParser_parser_tmp_8 = 0;
	uint32_t m_IngressParser_parser_tmp_9 = 0;
	uint32_t m_IngressParser_parser_tmp_10 = 0;
	uint32_t m_IngressParser_parser_tmp_11 = 0;
	uint32_t m_IngressParser_parser_tmp_12 = 0;
	uint32_t m_IngressParser_parser_tmp_13 = 0;
	uint16_t m_IngressParser_parser_tmp_14 = 0;
	uint16_t m_IngressParser_parser_tmp_15 = 0;
	uint16_t m_IngressParser_parser_tmp_16 = 0;
	uint16_t m_IngressParser_parser_tmp_17 = 0;
	uint16_t m_IngressParser_parser_tmp_18 = 0;
	uint16_t m_IngressParser_parser_tmp_19 = 0;
	uint16_t m_IngressParser_parser_tmp_20 = 0;
	uint16_t m_IngressParser_parser_tmp_21 = 0;
	uint16_t m_IngressParser_parser_tmp_22 = 0;
	uint16_t m_IngressParser_parser_tmp_23 = 0;
	uint16_t m_IngressParser_parser_tmp_24 = 0;
	uint32_t m_IngressParser_parser_tmp_27 = 0;
	uint16_t m_IngressParser_parser_tmp_28 = 0;
	uint16_t m_IngressParser_parser_tmp_29 = 0;
	uint32_t m_IngressParser_parser_tmp_32 = 0;
	uint16_t m_IngressParser_parser_tmp_33 = 0;
	uint16_t m_IngressParser_parser_tmp_34 = 0;
	uint32_t m_IngressParser_parser_tmp_37 = 0;
	uint16_t m_IngressParser_parser_tmp_38 = 0;
	uint16_t m_IngressParser_parser_tmp_39 = 0;
	uint8_t m_IngressParser_parser_tmp_40 = 0;
	uint8_t m_IngressParser_parser_tmp_41 = 0;
	uint8_t m_IngressParser_parser_tmp_42 = 0;
	uint8_t m_IngressParser_parser_tmp_43 = 0;
	uint32_t m_IngressParser_parser_tmp_46 = 0;
	uint16_t m_IngressParser_parser_tmp_47 = 0;
	uint16_t m_IngressParser_parser_tmp_48 = 0;
	uint32_t m_IngressParser_parser_tmp_52 = 0;
	uint32_t m_IngressParser_parser_tmp_53 = 0;
	uint32_t m_IngressParser_parser_tmp_54 = 0;
	uint8_t m_IngressParser_parser_tmp_55 = 0;
	uint32_t m_IngressParser_parser_tmp_56 = 0;
	uint64_t m_Ingress_tmp = 0;
	uint64_t m_Ingress_tmp_0 = 0;
	uint64_t m_Ingress_tmp_1 = 0;
	uint8_t m_Ingress_tmp_3 = 0;
	uint8_t m_Ingress_tmp_4 = 0;
	uint8_t m_Ingress_tmp_5 = 0;
	uint8_t m_Ingress_tmp_7 = 0;
	uint8_t m_Ingress_tmp_8 = 0;
	uint8_t m_Ingress_tmp_10 = 0;
	uint8_t m_Ingress_tmp_11 = 0;
	uint16_t m_Ingress_tmp_14 = 0;
	uint32_t m_Ingress_tmp_15 = 0;
	uint32_t m_Ingress_tmp_16 = 0;
	uint32_t m_Ingress_tmp_17 = 0;
	uint32_t m_Ingress_tmp_19 = 0;
	uint32_t m_Ingress_tmp_20 = 0;
	uint32_t m_Ingress_tmp_21 = 0;
	uint32_t m_Ingress_tmp_23 = 0;
	uint32_t m_Ingress_tmp_24 = 0;
	uint32_t m_Ingress_tmp_25 = 0;
	uint32_t m_Ingress_tmp_27 = 0;
	uint32_t m_Ingress_tmp_28 = 0;
	uint32_t m_Ingress_tmp_29 = 0;
	uint16_t m_Ingress_tmp_31 = 0;
	uint16_t m_Ingress_tmp_32 = 0;
	uint16_t m_Ingress_tmp_33 = 0;
	uint16_t m_Ingress_tmp_34 = 0;
	uint16_t m_Ingress_tmp_35 = 0;
	uint16_t m_Ingress_tmp_36 = 0;
	uint16_t m_Ingress_tmp_37 = 0;
	uint16_t m_Ingress_tmp_38 = 0;
	uint16_t m_Ingress_tmp_39 = 0;
	uint16_t m_Ingress_tmp_40 = 0;
	uint16_t m_Ingress_tmp_41 = 0;
	uint16_t m_Ingress_tmp_42 = 0;
	uint16_t m_Ingress_tmp_43 = 0;
	uint16_t m_Ingress_tmp_44 = 0;
	uint16_t m_Ingress_tmp_45 = 0;
	uint16_t m_Ingress_tmp_46 = 0;
	uint16_t m_Ingress_tmp_47 = 0;
	uint16_t m_Ingress_tmp_48 = 0;
	uint64_t m_Ingress_tmp_49 = 0;
	uint64_t m_Ingress_tmp_50 = 0;
	uint64_t m_Ingress_tmp_51 = 0;
	uint32_t m_Ingress_tmp_52 = 0;
	uint32_t m_Ingress_tmp_53 = 0;
	uint32_t m_Ingress_tmp_54 = 0;
	uint32_t m_Ingress_tmp_55 = 0;
	uint32_t m_Ingress_tmp_58 = 0;
	uint32_t m_Ingress_tmp_60 = 0;
	uint8_t m_Ingress_tmp_61 = 0;
	uint8_t m_Ingress_tmp_63 = 0;
	uint8_t m_Ingress_tmp_64 = 0;
	uint32_t m_Ingress_tmp_65 = 0;
	uint32_t m_Ingress_tmp_67 = 0;
	uint32_t m_Ingress_tmp_68 = 0;
	uint8_t m_Ingress_tmp_69 = 0;
	uint8_t m_Ingress_tmp_71 = 0;
	uint8_t m_Ingress_tmp_72 = 0;
	uint32_t m_Ingress_tmp_73 = 0;
	uint32_t m_Ingress_tmp_75 = 0;
	uint32_t m_Ingress_tmp_76 = 0;
	uint16_t m_Ingress_tmp_77 = 0;
	uint16_t m_Ingress_tmp_79 = 0;
	uint16_t m_Ingress_tmp_80 = 0;
	uint16_t m_Ingress_tmp_81 = 0;
	uint16_t m_Ingress_tmp_82 = 0;
	uint16_t m_Ingress_tmp_84 = 0;
	uint16_t m_Ingress_tmp_86 = 0;
	uint16_t m_Ingress_tmp_88 = 0;
	uint16_t m_Ingress_tmp_89 = 0;
	uint16_t m_Ingress_tmp_91 = 0;
	uint8_t m_Ingress_tmp_92 = 0;
	uint8_t m_Ingress_tmp_93 = 0;
	uint16_t m_Ingress_tmp_96 = 0;
	uint16_t m_Ingress_tmp_97 = 0;
	uint16_t m_Ingress_tmp_99 = 0;
	uint8_t m_Ingress_tmp_100 = 0;
	uint8_t m_Ingress_tmp_101 = 0;
	uint16_t m_Ingress_tmp_104 = 0;
	uint16_t m_Ingress_tmp_105 = 0;
	uint32_t m_Ingress_tmp_107 = 0;
	uint32_t m_Ingress_tmp_111 = 0;
	uint32_t m_Ingress_tmp_113 = 0;
	uint16_t m_Ingress_Interception_tmp = 0;
	uint32_t m_Ingress_Policer_psa_colour = 0;
	uint8_t m_Ingress_ToController_kind = 0;
	uint8_t m_Ingress_ToController_colour = 0;
	uint32_t m_Ingress_ToController_psa_colour = 0;
	uint32_t m_IngressParser_parser_tmp_52_extract_tmp = 0;
	uint32_t m_varbit_extract_tmp = 0;
	uint32_t m_IngressParser_parser_tmp_53_extract_tmp = 0;
	uint32_t m_varbit_extract_tmp_0 = 0;
	uint32_t m_IngressParser_parser_tmp_54_extract_tmp = 0;
	uint32_t m_varbit_extract_tmp_1 = 0;
	uint8_t m_tmpMask = 0;
	uint32_t m_IngressParser_parser_tmp_56_extract_tmp = 0;
	bool has_packet_in = false;
	uint16_t h_packet_in_ingress_port = 0;
	uint16_t h_packet_in_interface = 0;
	uint8_t h_packet_in_reason = 0;
	bool has_packet_out = false;
	uint32_t at_packet_out = 0;
	uint16_t h_packet_out_egress_port = 0;
	uint8_t h_packet_out_service_class = 0;
	bool has_ethernet = false;
	uint32_t at_ethernet = 0;
	uint64_t h_ethernet_dst = 0;
	uint64_t h_ethernet_src = 0;
	uint16_t h_ethernet_ether_type = 0;
	bool has_vlan = false;
	uint32_t at_vlan = 0;
	uint16_t h_vlan_priority_drop_eligible_vlan_id = 0;
	uint16_t h_vlan_ether_type = 0;
	bool has_ipv4 = false;
	uint32_t at_ipv4 = 0;
	uint8_t h_ipv4_version_ihl = 0;
	uint8_t h_ipv4_dscp_ecn = 0;
	uint16_t h_ipv4_total_length = 0;
	uint16_t h_ipv4_identification = 0;
	uint16_t h_ipv4_flags_fragment_offset = 0;
	uint8_t h_ipv4_ttl = 0;
	uint8_t h_ipv4_protocol = 0;
	uint16_t h_ipv4_checksum = 0;
	uint32_t h_ipv4_src = 0;
	uint32_t h_ipv4_dst = 0;
	bool has_ipv4_options = false;
	uint32_t at_ipv4_options = 0;
	uint32_t varying_ipv4_options = 0;
	bool has_ipv6 = false;
	uint32_t at_ipv6 = 0;
	uint32_t h_ipv6_version_dscp_ecn_flow_label = 0;
	uint16_t h_ipv6_payload_length = 0;
	uint8_t h_ipv6_next_header = 0;
	uint8_t h_ipv6_hop_limit = 0;
	unsigned __int128 h_ipv6_src = 0;
	unsigned __int128 h_ipv6_dst = 0;
	bool has_extension_1 = false;
	uint32_t at_extension_1 = 0;
	uint32_t varying_extension_1 = 0;
	uint8_t h_extension_1_next_header = 0;
	uint8_t h_extension_1_length = 0;
	bool has_extension_2 = false;
	uint32_t at_extension_2 = 0;
	uint32_t varying_extension_2 = 0;
	uint8_t h_extension_2_next_header = 0;
	uint8_t h_extension_2_length = 0;
	bool has_extension_3 = false;
	uint32_t at_extension_3 = 0;
	uint32_t varying_extension_3 = 0;
	uint8_t h_extension_3_next_header = 0;
	uint8_t h_extension_3_length = 0;
	bool has_ports = false;
	uint32_t at_ports = 0;
	uint16_t h_ports_src = 0;
	uint16_t h_ports_dst = 0;
	bool has_ah = false;
	uint32_t at_ah = 0;
	uint8_t h_ah_next_header = 0;
	uint8_t h_ah_length = 0;
	uint16_t h_ah_reserved = 0;
	bool has_spi = false;
	uint32_t at_spi = 0;
	uint32_t h_spi_spi = 0;
	bool has_icmp = false;
	uint32_t at_icmp = 0;
	uint8_t h_icmp_type = 0;
	uint8_t h_icmp_code = 0;
	bool has_rsvp = false;
	uint32_t at_rsvp = 0;
	uint8_t h_rsvp_version_flags = 0;
	uint8_t h_rsvp_type = 0;
	uint32_t h_IngressParser_parser_lookahea0_f = 0;
	uint32_t h_IngressParser_parser_lookahea1_f = 0;
	uint32_t h_IngressParser_parser_lookahea2_f = 0;
	uint32_t h_IngressParser_parser_lookahea3_f = 0;
	uint32_t h_IngressParser_parser_lookahea4_f = 0;
	uint32_t h_IngressParser_parser_lookahea5_f = 0;
	uint16_t h_IngressParser_parser_lookahea6_f = 0;
	uint16_t h_IngressParser_parser_lookahea7_f = 0;
	uint16_t h_IngressParser_parser_lookahea8_f = 0;
	uint16_t h_IngressParser_parser_lookahea9_f = 0;
	uint16_t h_IngressParser_parser_lookahe10_f = 0;
	uint16_t h_IngressParser_parser_lookahe11_f = 0;
	uint16_t h_IngressParser_parser_lookahe12_f = 0;

	m_psa_ingress_output_metadata_drop = (uint8_t)(0x1u);
	if (m_local_metadata_damaged != 0x1u)
		goto PARSE_START_1;
	goto PARSE_ACCEPT;
PARSE_START_1:
	if (m_local_metadata_damaged != 0x0u)
		goto PARSE_START_2;
	if (m_local_metadata_ingress_port != 0x1FEu)
		goto PARSE_START_2;
	goto PARSE_FROM_CONTROLLER;
PARSE_START_2:
	has_packet_in = false;
	has_packet_out = false;
	has_ethernet = false;
	has_vlan = false;
	has_ipv4 = false;
	has_ipv4_options = false;
	has_ipv6 = false;
	has_extension_1 = false;
	has_extension_2 = false;
	has_extension_3 = false;
	has_ports = false;
	has_ah = false;
	has_spi = false;
	has_icmp = false;
	has_rsvp = false;
	if (left_bytes < 14u)
		return PASS_DAMAGED;
	has_ethernet = true;
	at_ethernet = at;
	h_ethernet_dst = load_48(frame + at + 0);
	h_ethernet_src = load_48(frame + at + 6);
	h_ethernet_ether_type = load_16(frame + at + 12);
	at += 14u;
	left_bytes -= 14u;
	front_bytes += 14u;
	m_local_metadata_ether_type = (uint16_t)(h_ethernet_ether_type);
	if (h_ethernet_ether_type == 0x800u)
		goto PARSE_PACKETPARSER_IPV4;
	if (h_ethernet_ether_type == 0x86DDu)
		goto PARSE_PACKETPARSER_IPV6;
	if (h_ethernet_ether_type == 0x8100u)
		goto PARSE_PACKETPARSER_VLAN;
	goto PARSE_ACCEPT;
PARSE_PACKETPARSER_VLAN:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_vlan = true;
	at_vlan = at;
	h_vlan_priority_drop_eligible_vlan_id = load_16(frame + at + 0);
	h_vlan_ether_type = load_16(frame + at + 2);
	at += 4u;
	left_bytes -= 4u;
	front_bytes += 4u;
	m_IngressParser_parser_tmp_47 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_IngressParser_parser_tmp_47 = (uint16_t)(m_IngressParser_parser_tmp_47 & 0xFFFu);
	m_IngressParser_parser_tmp_48 = (uint16_t)(m_IngressParser_parser_tmp_47);
	m_IngressParser_parser_tmp_48 = (uint16_t)(m_IngressParser_parser_tmp_48 & 0xFFFu);
	m_local_metadata_ether_type = (uint16_t)(h_vlan_ether_type);
	if (h_vlan_ether_type == 0x800u)
		goto PARSE_PACKETPARSER_IPV4;
	if (h_vlan_ether_type == 0x86DDu)
		goto PARSE_PACKETPARSER_IPV6;
	goto PARSE_ACCEPT;
PARSE_PACKETPARSER_IPV6:
	if (left_bytes < 40u)
		return PASS_DAMAGED;
	has_ipv6 = true;
	at_ipv6 = at;
	h_ipv6_version_dscp_ecn_flow_label = load_32(frame + at + 0);
	h_ipv6_payload_length = load_16(frame + at + 4);
	h_ipv6_next_header = load_8(frame + at + 6);
	h_ipv6_hop_limit = load_8(frame + at + 7);
	h_ipv6_src = load_128(frame + at + 8);
	h_ipv6_dst = load_128(frame + at + 24);
	at += 40u;
	left_bytes -= 40u;
	m_local_metadata_protocol = (uint8_t)(h_ipv6_next_header);
	m_local_metadata_ip_bytes = (uint16_t)(h_ipv6_payload_length);
	m_local_metadata_ip_bytes = (uint16_t)(m_local_metadata_ip_bytes + 0x28u);
	m_local_metadata_hops_left = (uint8_t)(h_ipv6_hop_limit);
	if (h_ipv6_next_header == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSION;
	if (h_ipv6_next_header == 0x2Bu)
		goto PARSE_PACKETPARSER_EXTENSION;
	if (h_ipv6_next_header == 0x2Cu)
		goto PARSE_PACKETPARSER_EXTENSION;
	if (h_ipv6_next_header == 0x3Cu)
		goto PARSE_PACKETPARSER_EXTENSION;
	goto PARSE_PACKETPARSER_TRANSPORT;
PARSE_PACKETPARSER_EXTENSION:
	has_extension_1 = false;
	if (m_local_metadata_protocol == 0x2Cu)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_FRAGMENT;
	if (m_local_metadata_protocol == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_HOP_BY_HOP;
	goto PARSE_PACKETPARSER_EXTENSIONPARSER_MEASURE;
PARSE_PACKETPARSER_EXTENSIONPARSER_HOP_BY_HOP:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea3_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_8 = (uint32_t)(h_IngressParser_parser_lookahea3_f);
	m_IngressParser_parser_tmp_8 = (uint32_t)(m_IngressParser_parser_tmp_8 & 0xFFFFu);
	m_IngressParser_parser_tmp_9 = (uint32_t)(m_IngressParser_parser_tmp_8);
	m_IngressParser_parser_tmp_9 = (uint32_t)(m_IngressParser_parser_tmp_9 & 0xFFFFu);
	m_local_metadata_first_option = (uint16_t)(m_IngressParser_parser_tmp_9);
PARSE_PACKETPARSER_EXTENSIONPARSER_MEASURE:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea6_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_14 = (uint16_t)(h_IngressParser_parser_lookahea6_f);
	m_IngressParser_parser_tmp_14 = (uint16_t)(m_IngressParser_parser_tmp_14 >> 0x3u);
	m_IngressParser_parser_tmp_15 = (uint16_t)(m_IngressParser_parser_tmp_14);
	m_IngressParser_parser_tmp_15 = (uint16_t)(m_IngressParser_parser_tmp_15 & 0x1Fu);
	m_IngressParser_parser_tmp_16 = (uint16_t)(m_IngressParser_parser_tmp_15);
	m_IngressParser_parser_tmp_16 = (uint16_t)(m_IngressParser_parser_tmp_16 & 0x1Fu);
	if (m_IngressParser_parser_tmp_16 == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_SIZED;
	goto PARSE_PACKETPARSER_EXTENSION_0;
PARSE_PACKETPARSER_EXTENSIONPARSER_SIZED:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea9_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_23 = (uint16_t)(h_IngressParser_parser_lookahea9_f);
	m_IngressParser_parser_tmp_23 = (uint16_t)(m_IngressParser_parser_tmp_23 & 0x7u);
	m_IngressParser_parser_tmp_24 = (uint16_t)(m_IngressParser_parser_tmp_23);
	m_IngressParser_parser_tmp_24 = (uint16_t)(m_IngressParser_parser_tmp_24 & 0x7u);
	m_IngressParser_parser_tmp_27 = (uint32_t)(m_IngressParser_parser_tmp_24);
	m_IngressParser_parser_tmp_27 = (uint32_t)(m_IngressParser_parser_tmp_27 << 0x6u);
	m_IngressParser_parser_tmp_52 = (uint32_t)(m_IngressParser_parser_tmp_27);
	m_IngressParser_parser_tmp_52 = (uint32_t)(m_IngressParser_parser_tmp_52 + 0x30u);
	m_IngressParser_parser_tmp_52_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_52);
	m_IngressParser_parser_tmp_52_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_52_extract_tmp >> 0x3u);
	varying_extension_1 = m_IngressParser_parser_tmp_52_extract_tmp;
	if (varying_extension_1 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_1)
		return PASS_DAMAGED;
	has_extension_1 = true;
	at_extension_1 = at;
	h_extension_1_next_header = load_8(frame + at + 0);
	h_extension_1_length = load_8(frame + at + 1);
	at += 2u + varying_extension_1;
	left_bytes -= 2u + varying_extension_1;
	goto PARSE_PACKETPARSER_EXTENSIONPARSER_STEP;
PARSE_PACKETPARSER_EXTENSIONPARSER_FRAGMENT:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea0_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp = (uint32_t)(h_IngressParser_parser_lookahea0_f);
	m_IngressParser_parser_tmp = (uint32_t)(m_IngressParser_parser_tmp >> 0x3u);
	m_IngressParser_parser_tmp_0 = (uint32_t)(m_IngressParser_parser_tmp);
	m_IngressParser_parser_tmp_0 = (uint32_t)(m_IngressParser_parser_tmp_0 & 0x1FFFu);
	m_IngressParser_parser_tmp_1 = (uint32_t)(m_IngressParser_parser_tmp_0);
	m_IngressParser_parser_tmp_1 = (uint32_t)(m_IngressParser_parser_tmp_1 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_1);
	m_varbit_extract_tmp = (uint32_t)(0x30u);
	m_varbit_extract_tmp = (uint32_t)(m_varbit_extract_tmp >> 0x3u);
	varying_extension_1 = m_varbit_extract_tmp;
	if (varying_extension_1 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_1)
		return PASS_DAMAGED;
	has_extension_1 = true;
	at_extension_1 = at;
	h_extension_1_next_header = load_8(frame + at + 0);
	h_extension_1_length = load_8(frame + at + 1);
	at += 2u + varying_extension_1;
	left_bytes -= 2u + varying_extension_1;
PARSE_PACKETPARSER_EXTENSIONPARSER_STEP:
	m_local_metadata_protocol = (uint8_t)(h_extension_1_next_header);
PARSE_PACKETPARSER_EXTENSION_0:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_EXTENSION_5;
	if (m_local_metadata_protocol != 0x2Bu)
		goto PARSE_PACKETPARSER_EXTENSION_5;
	goto PARSE_PACKETPARSER_EXTENSION_1;
PARSE_PACKETPARSER_EXTENSION_5:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_EXTENSION_6;
	if (m_local_metadata_protocol != 0x2Cu)
		goto PARSE_PACKETPARSER_EXTENSION_6;
	goto PARSE_PACKETPARSER_EXTENSION_1;
PARSE_PACKETPARSER_EXTENSION_6:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT;
	if (m_local_metadata_protocol != 0x3Cu)
		goto PARSE_PACKETPARSER_TRANSPORT;
	goto PARSE_PACKETPARSER_EXTENSION_1;
	goto PARSE_PACKETPARSER_TRANSPORT;
PARSE_PACKETPARSER_EXTENSION_1:
	has_extension_2 = false;
	if (m_local_metadata_protocol == 0x2Cu)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_FRAGMENT_0;
	if (m_local_metadata_protocol == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_HOP_BY_HOP_0;
	goto PARSE_PACKETPARSER_EXTENSIONPARSER_MEASURE_0;
PARSE_PACKETPARSER_EXTENSIONPARSER_HOP_BY_HOP_0:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea4_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_10 = (uint32_t)(h_IngressParser_parser_lookahea4_f);
	m_IngressParser_parser_tmp_10 = (uint32_t)(m_IngressParser_parser_tmp_10 & 0xFFFFu);
	m_IngressParser_parser_tmp_11 = (uint32_t)(m_IngressParser_parser_tmp_10);
	m_IngressParser_parser_tmp_11 = (uint32_t)(m_IngressParser_parser_tmp_11 & 0xFFFFu);
	m_local_metadata_first_option = (uint16_t)(m_IngressParser_parser_tmp_11);
PARSE_PACKETPARSER_EXTENSIONPARSER_MEASURE_0:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea7_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_17 = (uint16_t)(h_IngressParser_parser_lookahea7_f);
	m_IngressParser_parser_tmp_17 = (uint16_t)(m_IngressParser_parser_tmp_17 >> 0x3u);
	m_IngressParser_parser_tmp_18 = (uint16_t)(m_IngressParser_parser_tmp_17);
	m_IngressParser_parser_tmp_18 = (uint16_t)(m_IngressParser_parser_tmp_18 & 0x1Fu);
	m_IngressParser_parser_tmp_19 = (uint16_t)(m_IngressParser_parser_tmp_18);
	m_IngressParser_parser_tmp_19 = (uint16_t)(m_IngressParser_parser_tmp_19 & 0x1Fu);
	if (m_IngressParser_parser_tmp_19 == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_SIZED_0;
	goto PARSE_PACKETPARSER_EXTENSION_2;
PARSE_PACKETPARSER_EXTENSIONPARSER_SIZED_0:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahe10_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_28 = (uint16_t)(h_IngressParser_parser_lookahe10_f);
	m_IngressParser_parser_tmp_28 = (uint16_t)(m_IngressParser_parser_tmp_28 & 0x7u);
	m_IngressParser_parser_tmp_29 = (uint16_t)(m_IngressParser_parser_tmp_28);
	m_IngressParser_parser_tmp_29 = (uint16_t)(m_IngressParser_parser_tmp_29 & 0x7u);
	m_IngressParser_parser_tmp_32 = (uint32_t)(m_IngressParser_parser_tmp_29);
	m_IngressParser_parser_tmp_32 = (uint32_t)(m_IngressParser_parser_tmp_32 << 0x6u);
	m_IngressParser_parser_tmp_53 = (uint32_t)(m_IngressParser_parser_tmp_32);
	m_IngressParser_parser_tmp_53 = (uint32_t)(m_IngressParser_parser_tmp_53 + 0x30u);
	m_IngressParser_parser_tmp_53_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_53);
	m_IngressParser_parser_tmp_53_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_53_extract_tmp >> 0x3u);
	varying_extension_2 = m_IngressParser_parser_tmp_53_extract_tmp;
	if (varying_extension_2 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_2)
		return PASS_DAMAGED;
	has_extension_2 = true;
	at_extension_2 = at;
	h_extension_2_next_header = load_8(frame + at + 0);
	h_extension_2_length = load_8(frame + at + 1);
	at += 2u + varying_extension_2;
	left_bytes -= 2u + varying_extension_2;
	goto PARSE_PACKETPARSER_EXTENSIONPARSER_STEP_0;
PARSE_PACKETPARSER_EXTENSIONPARSER_FRAGMENT_0:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea1_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_2 = (uint32_t)(h_IngressParser_parser_lookahea1_f);
	m_IngressParser_parser_tmp_2 = (uint32_t)(m_IngressParser_parser_tmp_2 >> 0x3u);
	m_IngressParser_parser_tmp_3 = (uint32_t)(m_IngressParser_parser_tmp_2);
	m_IngressParser_parser_tmp_3 = (uint32_t)(m_IngressParser_parser_tmp_3 & 0x1FFFu);
	m_IngressParser_parser_tmp_4 = (uint32_t)(m_IngressParser_parser_tmp_3);
	m_IngressParser_parser_tmp_4 = (uint32_t)(m_IngressParser_parser_tmp_4 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_4);
	m_varbit_extract_tmp_0 = (uint32_t)(0x30u);
	m_varbit_extract_tmp_0 = (uint32_t)(m_varbit_extract_tmp_0 >> 0x3u);
	varying_extension_2 = m_varbit_extract_tmp_0;
	if (varying_extension_2 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_2)
		return PASS_DAMAGED;
	has_extension_2 = true;
	at_extension_2 = at;
	h_extension_2_next_header = load_8(frame + at + 0);
	h_extension_2_length = load_8(frame + at + 1);
	at += 2u + varying_extension_2;
	left_bytes -= 2u + varying_extension_2;
PARSE_PACKETPARSER_EXTENSIONPARSER_STEP_0:
	m_local_metadata_protocol = (uint8_t)(h_extension_2_next_header);
PARSE_PACKETPARSER_EXTENSION_2:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_EXTENSION_8;
	if (m_local_metadata_protocol != 0x2Bu)
		goto PARSE_PACKETPARSER_EXTENSION_8;
	goto PARSE_PACKETPARSER_EXTENSION_3;
PARSE_PACKETPARSER_EXTENSION_8:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_EXTENSION_9;
	if (m_local_metadata_protocol != 0x2Cu)
		goto PARSE_PACKETPARSER_EXTENSION_9;
	goto PARSE_PACKETPARSER_EXTENSION_3;
PARSE_PACKETPARSER_EXTENSION_9:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT;
	if (m_local_metadata_protocol != 0x3Cu)
		goto PARSE_PACKETPARSER_TRANSPORT;
	goto PARSE_PACKETPARSER_EXTENSION_3;
	goto PARSE_PACKETPARSER_TRANSPORT;
PARSE_PACKETPARSER_EXTENSION_3:
	has_extension_3 = false;
	if (m_local_metadata_protocol == 0x2Cu)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_FRAGMENT_1;
	if (m_local_metadata_protocol == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_HOP_BY_HOP_1;
	goto PARSE_PACKETPARSER_EXTENSIONPARSER_MEASURE_1;
PARSE_PACKETPARSER_EXTENSIONPARSER_HOP_BY_HOP_1:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea5_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_12 = (uint32_t)(h_IngressParser_parser_lookahea5_f);
	m_IngressParser_parser_tmp_12 = (uint32_t)(m_IngressParser_parser_tmp_12 & 0xFFFFu);
	m_IngressParser_parser_tmp_13 = (uint32_t)(m_IngressParser_parser_tmp_12);
	m_IngressParser_parser_tmp_13 = (uint32_t)(m_IngressParser_parser_tmp_13 & 0xFFFFu);
	m_local_metadata_first_option = (uint16_t)(m_IngressParser_parser_tmp_13);
PARSE_PACKETPARSER_EXTENSIONPARSER_MEASURE_1:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea8_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_20 = (uint16_t)(h_IngressParser_parser_lookahea8_f);
	m_IngressParser_parser_tmp_20 = (uint16_t)(m_IngressParser_parser_tmp_20 >> 0x3u);
	m_IngressParser_parser_tmp_21 = (uint16_t)(m_IngressParser_parser_tmp_20);
	m_IngressParser_parser_tmp_21 = (uint16_t)(m_IngressParser_parser_tmp_21 & 0x1Fu);
	m_IngressParser_parser_tmp_22 = (uint16_t)(m_IngressParser_parser_tmp_21);
	m_IngressParser_parser_tmp_22 = (uint16_t)(m_IngressParser_parser_tmp_22 & 0x1Fu);
	if (m_IngressParser_parser_tmp_22 == 0x0u)
		goto PARSE_PACKETPARSER_EXTENSIONPARSER_SIZED_1;
	goto PARSE_PACKETPARSER_TRANSPORT;
PARSE_PACKETPARSER_EXTENSIONPARSER_SIZED_1:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahe11_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_33 = (uint16_t)(h_IngressParser_parser_lookahe11_f);
	m_IngressParser_parser_tmp_33 = (uint16_t)(m_IngressParser_parser_tmp_33 & 0x7u);
	m_IngressParser_parser_tmp_34 = (uint16_t)(m_IngressParser_parser_tmp_33);
	m_IngressParser_parser_tmp_34 = (uint16_t)(m_IngressParser_parser_tmp_34 & 0x7u);
	m_IngressParser_parser_tmp_37 = (uint32_t)(m_IngressParser_parser_tmp_34);
	m_IngressParser_parser_tmp_37 = (uint32_t)(m_IngressParser_parser_tmp_37 << 0x6u);
	m_IngressParser_parser_tmp_54 = (uint32_t)(m_IngressParser_parser_tmp_37);
	m_IngressParser_parser_tmp_54 = (uint32_t)(m_IngressParser_parser_tmp_54 + 0x30u);
	m_IngressParser_parser_tmp_54_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_54);
	m_IngressParser_parser_tmp_54_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_54_extract_tmp >> 0x3u);
	varying_extension_3 = m_IngressParser_parser_tmp_54_extract_tmp;
	if (varying_extension_3 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_3)
		return PASS_DAMAGED;
	has_extension_3 = true;
	at_extension_3 = at;
	h_extension_3_next_header = load_8(frame + at + 0);
	h_extension_3_length = load_8(frame + at + 1);
	at += 2u + varying_extension_3;
	left_bytes -= 2u + varying_extension_3;
	goto PARSE_PACKETPARSER_EXTENSIONPARSER_STEP_1;
PARSE_PACKETPARSER_EXTENSIONPARSER_FRAGMENT_1:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea2_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_5 = (uint32_t)(h_IngressParser_parser_lookahea2_f);
	m_IngressParser_parser_tmp_5 = (uint32_t)(m_IngressParser_parser_tmp_5 >> 0x3u);
	m_IngressParser_parser_tmp_6 = (uint32_t)(m_IngressParser_parser_tmp_5);
	m_IngressParser_parser_tmp_6 = (uint32_t)(m_IngressParser_parser_tmp_6 & 0x1FFFu);
	m_IngressParser_parser_tmp_7 = (uint32_t)(m_IngressParser_parser_tmp_6);
	m_IngressParser_parser_tmp_7 = (uint32_t)(m_IngressParser_parser_tmp_7 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_7);
	m_varbit_extract_tmp_1 = (uint32_t)(0x30u);
	m_varbit_extract_tmp_1 = (uint32_t)(m_varbit_extract_tmp_1 >> 0x3u);
	varying_extension_3 = m_varbit_extract_tmp_1;
	if (varying_extension_3 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_3)
		return PASS_DAMAGED;
	has_extension_3 = true;
	at_extension_3 = at;
	h_extension_3_next_header = load_8(frame + at + 0);
	h_extension_3_length = load_8(frame + at + 1);
	at += 2u + varying_extension_3;
	left_bytes -= 2u + varying_extension_3;
PARSE_PACKETPARSER_EXTENSIONPARSER_STEP_1:
	m_local_metadata_protocol = (uint8_t)(h_extension_3_next_header);
	goto PARSE_PACKETPARSER_TRANSPORT;
PARSE_PACKETPARSER_IPV4:
	if (left_bytes < 20u)
		return PASS_DAMAGED;
	has_ipv4 = true;
	at_ipv4 = at;
	h_ipv4_version_ihl = load_8(frame + at + 0);
	h_ipv4_dscp_ecn = load_8(frame + at + 1);
	h_ipv4_total_length = load_16(frame + at + 2);
	h_ipv4_identification = load_16(frame + at + 4);
	h_ipv4_flags_fragment_offset = load_16(frame + at + 6);
	h_ipv4_ttl = load_8(frame + at + 8);
	h_ipv4_protocol = load_8(frame + at + 9);
	h_ipv4_checksum = load_16(frame + at + 10);
	h_ipv4_src = load_32(frame + at + 12);
	h_ipv4_dst = load_32(frame + at + 16);
	at += 20u;
	left_bytes -= 20u;
	m_local_metadata_protocol = (uint8_t)(h_ipv4_protocol);
	m_IngressParser_parser_tmp_38 = (uint16_t)(h_ipv4_flags_fragment_offset);
	m_IngressParser_parser_tmp_38 = (uint16_t)(m_IngressParser_parser_tmp_38 & 0x1FFFu);
	m_IngressParser_parser_tmp_39 = (uint16_t)(m_IngressParser_parser_tmp_38);
	m_IngressParser_parser_tmp_39 = (uint16_t)(m_IngressParser_parser_tmp_39 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_39);
	m_local_metadata_ip_bytes = (uint16_t)(h_ipv4_total_length);
	m_local_metadata_hops_left = (uint8_t)(h_ipv4_ttl);
	m_IngressParser_parser_tmp_40 = (uint8_t)(h_ipv4_version_ihl);
	m_IngressParser_parser_tmp_40 = (uint8_t)(m_IngressParser_parser_tmp_40 & 0xFu);
	m_IngressParser_parser_tmp_41 = (uint8_t)(m_IngressParser_parser_tmp_40);
	m_IngressParser_parser_tmp_41 = (uint8_t)(m_IngressParser_parser_tmp_41 & 0xFu);
	m_IngressParser_parser_tmp_55 = (uint8_t)(m_IngressParser_parser_tmp_41);
	if (m_IngressParser_parser_tmp_55 == 0x5u)
		goto PARSE_PACKETPARSER_TRANSPORT;
	m_tmpMask = (uint8_t)(m_IngressParser_parser_tmp_55);
	m_tmpMask = (uint8_t)(m_tmpMask & 0xCu);
	if (m_tmpMask == 0x0u)
		goto PARSE_ACCEPT;
	if (m_IngressParser_parser_tmp_55 == 0x4u)
		goto PARSE_ACCEPT;
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahe12_f = load_16(frame + at + 0);
	m_local_metadata_first_option = (uint16_t)(h_IngressParser_parser_lookahe12_f);
	m_IngressParser_parser_tmp_42 = (uint8_t)(h_ipv4_version_ihl);
	m_IngressParser_parser_tmp_42 = (uint8_t)(m_IngressParser_parser_tmp_42 & 0xFu);
	m_IngressParser_parser_tmp_43 = (uint8_t)(m_IngressParser_parser_tmp_42);
	m_IngressParser_parser_tmp_43 = (uint8_t)(m_IngressParser_parser_tmp_43 & 0xFu);
	m_IngressParser_parser_tmp_46 = (uint32_t)(m_IngressParser_parser_tmp_43);
	m_IngressParser_parser_tmp_46 = (uint32_t)(m_IngressParser_parser_tmp_46 + 0xFFFFFFFBu);
	m_IngressParser_parser_tmp_56 = (uint32_t)(m_IngressParser_parser_tmp_46);
	m_IngressParser_parser_tmp_56 = (uint32_t)(m_IngressParser_parser_tmp_56 << 0x5u);
	m_IngressParser_parser_tmp_56_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_56);
	m_IngressParser_parser_tmp_56_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_56_extract_tmp >> 0x3u);
	varying_ipv4_options = m_IngressParser_parser_tmp_56_extract_tmp;
	if (varying_ipv4_options > 40u)
		return PASS_DAMAGED;
	if (left_bytes < 0u + varying_ipv4_options)
		return PASS_DAMAGED;
	has_ipv4_options = true;
	at_ipv4_options = at;
	at += 0u + varying_ipv4_options;
	left_bytes -= 0u + varying_ipv4_options;
PARSE_PACKETPARSER_TRANSPORT:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_0;
	if (m_local_metadata_protocol != 0x11u)
		goto PARSE_PACKETPARSER_TRANSPORT_0;
	goto PARSE_PACKETPARSER_PORTS;
PARSE_PACKETPARSER_TRANSPORT_0:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_1;
	if (m_local_metadata_protocol != 0x6u)
		goto PARSE_PACKETPARSER_TRANSPORT_1;
	goto PARSE_PACKETPARSER_PORTS;
PARSE_PACKETPARSER_TRANSPORT_1:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_2;
	if (m_local_metadata_protocol != 0x84u)
		goto PARSE_PACKETPARSER_TRANSPORT_2;
	goto PARSE_PACKETPARSER_PORTS;
PARSE_PACKETPARSER_TRANSPORT_2:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_3;
	if (m_local_metadata_protocol != 0x21u)
		goto PARSE_PACKETPARSER_TRANSPORT_3;
	goto PARSE_PACKETPARSER_PORTS;
PARSE_PACKETPARSER_TRANSPORT_3:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_4;
	if (m_local_metadata_protocol != 0x88u)
		goto PARSE_PACKETPARSER_TRANSPORT_4;
	goto PARSE_PACKETPARSER_PORTS;
PARSE_PACKETPARSER_TRANSPORT_4:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_5;
	if (m_local_metadata_protocol != 0x32u)
		goto PARSE_PACKETPARSER_TRANSPORT_5;
	goto PARSE_PACKETPARSER_SPI;
PARSE_PACKETPARSER_TRANSPORT_5:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_6;
	if (m_local_metadata_protocol != 0x33u)
		goto PARSE_PACKETPARSER_TRANSPORT_6;
	goto PARSE_PACKETPARSER_AH;
PARSE_PACKETPARSER_TRANSPORT_6:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_7;
	if (m_local_metadata_protocol != 0x1u)
		goto PARSE_PACKETPARSER_TRANSPORT_7;
	goto PARSE_PACKETPARSER_ICMP;
PARSE_PACKETPARSER_TRANSPORT_7:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_PACKETPARSER_TRANSPORT_8;
	if (m_local_metadata_protocol != 0x3Au)
		goto PARSE_PACKETPARSER_TRANSPORT_8;
	goto PARSE_PACKETPARSER_ICMP;
PARSE_PACKETPARSER_TRANSPORT_8:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSE_ACCEPT;
	if (m_local_metadata_protocol != 0x2Eu)
		goto PARSE_ACCEPT;
	goto PARSE_PACKETPARSER_RSVP;
	goto PARSE_ACCEPT;
PARSE_PACKETPARSER_RSVP:
	if (left_bytes < 2u)
		return PASS_DAMAGED;
	has_rsvp = true;
	at_rsvp = at;
	h_rsvp_version_flags = load_8(frame + at + 0);
	h_rsvp_type = load_8(frame + at + 1);
	at += 2u;
	left_bytes -= 2u;
	goto PARSE_ACCEPT;
PARSE_PACKETPARSER_PORTS:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_ports = true;
	at_ports = at;
	h_ports_src = load_16(frame + at + 0);
	h_ports_dst = load_16(frame + at + 2);
	at += 4u;
	left_bytes -= 4u;
	goto PARSE_ACCEPT;
PARSE_PACKETPARSER_ICMP:
	if (left_bytes < 2u)
		return PASS_DAMAGED;
	has_icmp = true;
	at_icmp = at;
	h_icmp_type = load_8(frame + at + 0);
	h_icmp_code = load_8(frame + at + 1);
	at += 2u;
	left_bytes -= 2u;
	goto PARSE_ACCEPT;
PARSE_PACKETPARSER_AH:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_ah = true;
	at_ah = at;
	h_ah_next_header = load_8(frame + at + 0);
	h_ah_length = load_8(frame + at + 1);
	h_ah_reserved = load_16(frame + at + 2);
	at += 4u;
	left_bytes -= 4u;
PARSE_PACKETPARSER_SPI:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_spi = true;
	at_spi = at;
	h_spi_spi = load_32(frame + at + 0);
	at += 4u;
	left_bytes -= 4u;
	goto PARSE_ACCEPT;
PARSE_FROM_CONTROLLER:
	if (left_bytes < 3u)
		return PASS_DAMAGED;
	has_packet_out = true;
	at_packet_out = at;
	h_packet_out_egress_port = load_16(frame + at + 0);
	h_packet_out_service_class = load_8(frame + at + 2);
	at += 3u;
	left_bytes -= 3u;
	front_bytes += 3u;
PARSE_ACCEPT:
	if (m_local_metadata_damaged != 0x1u)
		goto LABEL_END;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x1u);
LABEL_END:
	if (!has_packet_out)
		goto LABEL_FALSE_0;
	m_Ingress_tmp_46 = (uint16_t)(h_packet_out_egress_port);
	m_Ingress_tmp_46 = (uint16_t)(m_Ingress_tmp_46 & 0x1FFu);
	m_Ingress_tmp_47 = (uint16_t)(m_Ingress_tmp_46);
	m_Ingress_tmp_47 = (uint16_t)(m_Ingress_tmp_47 & 0x1FFu);
	m_Ingress_tmp_48 = (uint16_t)(m_Ingress_tmp_47);
	m_Ingress_tmp_48 = (uint16_t)(m_Ingress_tmp_48 & 0x1FFu);
	m_local_metadata_out_port = (uint16_t)(m_Ingress_tmp_48);
	m_local_metadata_service_class = (uint8_t)(h_packet_out_service_class);
	goto LABEL_END_0;
LABEL_FALSE_0:
	if (m_local_metadata_copies == 0x3u)
		goto LABEL_END_1;
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_2;
	m_RouterIngress_Arrival_interfaces_local_metadata_ingress_port = (uint16_t)(m_local_metadata_ingress_port);
	m_RouterIngress_Arrival_interfaces_local_metadata_vlan_id = (uint16_t)(m_IngressParser_parser_tmp_48);
	{
		const struct row *row = table_find(&program->tables[TABLE_INTERFACES], (const uint64_t[]){((uint64_t)(m_RouterIngress_Arrival_interfaces_local_metadata_ingress_port) << 48) | ((uint64_t)(m_RouterIngress_Arrival_interfaces_local_metadata_vlan_id) << 32)}, 1);
	
		switch (row->action) {
		case 0:
			m_local_metadata_in_interface = (uint16_t)((row->words[1] >> 48) & 0xffffu);
			m_local_metadata_own_mac = ((uint64_t)((row->words[1] >> 0) & 0xffffffffffffu) & 0xffffffffffffu);
			m_local_metadata_rsvp = (uint8_t)((row->words[2] >> 56) & 0xffu);
			break;
		case 1:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x3u);
			break;
		}
	}
	m_Ingress_tmp_49 = ((uint64_t)(h_ethernet_dst) & 0xffffffffffffu);
	m_Ingress_tmp_49 = ((uint64_t)(m_Ingress_tmp_49 >> 0x28u) & 0xffffffffffffu);
	m_Ingress_tmp_50 = ((uint64_t)(m_Ingress_tmp_49) & 0xffffffffffffu);
	m_Ingress_tmp_50 = ((uint64_t)(m_Ingress_tmp_50 & 0x1u) & 0xffffffffffffu);
	m_Ingress_tmp_51 = ((uint64_t)(m_Ingress_tmp_50) & 0xffffffffffffu);
	m_Ingress_tmp_51 = ((uint64_t)(m_Ingress_tmp_51 & 0x1u) & 0xffffffffffffu);
	m_local_metadata_multicast = (uint8_t)(m_Ingress_tmp_51);
	m_Ingress_tmp = ((uint64_t)(h_ethernet_dst) & 0xffffffffffffu);
	m_Ingress_tmp = ((uint64_t)(m_Ingress_tmp >> 0x28u) & 0xffffffffffffu);
	m_Ingress_tmp_0 = ((uint64_t)(m_Ingress_tmp) & 0xffffffffffffu);
	m_Ingress_tmp_0 = ((uint64_t)(m_Ingress_tmp_0 & 0x1u) & 0xffffffffffffu);
	m_Ingress_tmp_1 = ((uint64_t)(m_Ingress_tmp_0) & 0xffffffffffffu);
	m_Ingress_tmp_1 = ((uint64_t)(m_Ingress_tmp_1 & 0x1u) & 0xffffffffffffu);
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_2;
	if (m_Ingress_tmp_1 != 0x0u)
		goto LABEL_END_2;
	if (h_ethernet_dst == m_local_metadata_own_mac)
		goto LABEL_END_2;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x4u);
LABEL_END_2:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_4;
	if (!has_ipv4)
		goto LABEL_FALSE_5;
	m_Ingress_tmp_3 = (uint8_t)(h_ipv4_version_ihl);
	m_Ingress_tmp_3 = (uint8_t)(m_Ingress_tmp_3 >> 0x4u);
	m_Ingress_tmp_4 = (uint8_t)(m_Ingress_tmp_3);
	m_Ingress_tmp_4 = (uint8_t)(m_Ingress_tmp_4 & 0xFu);
	m_Ingress_tmp_5 = (uint8_t)(m_Ingress_tmp_4);
	m_Ingress_tmp_5 = (uint8_t)(m_Ingress_tmp_5 & 0xFu);
	m_Ingress_tmp_7 = (uint8_t)(h_ipv4_version_ihl);
	m_Ingress_tmp_7 = (uint8_t)(m_Ingress_tmp_7 & 0xFu);
	m_Ingress_tmp_8 = (uint8_t)(m_Ingress_tmp_7);
	m_Ingress_tmp_8 = (uint8_t)(m_Ingress_tmp_8 & 0xFu);
	m_Ingress_tmp_10 = (uint8_t)(h_ipv4_version_ihl);
	m_Ingress_tmp_10 = (uint8_t)(m_Ingress_tmp_10 & 0xFu);
	m_Ingress_tmp_11 = (uint8_t)(m_Ingress_tmp_10);
	m_Ingress_tmp_11 = (uint8_t)(m_Ingress_tmp_11 & 0xFu);
	m_Ingress_tmp_14 = (uint16_t)(m_Ingress_tmp_11);
	m_Ingress_tmp_14 = (uint16_t)(m_Ingress_tmp_14 << 0x2u);
	m_Ingress_tmp_15 = (uint32_t)(h_ipv4_src);
	m_Ingress_tmp_15 = (uint32_t)(m_Ingress_tmp_15 >> 0x1Cu);
	m_Ingress_tmp_16 = (uint32_t)(m_Ingress_tmp_15);
	m_Ingress_tmp_16 = (uint32_t)(m_Ingress_tmp_16 & 0xFu);
	m_Ingress_tmp_17 = (uint32_t)(m_Ingress_tmp_16);
	m_Ingress_tmp_17 = (uint32_t)(m_Ingress_tmp_17 & 0xFu);
	m_Ingress_tmp_19 = (uint32_t)(h_ipv4_src);
	m_Ingress_tmp_19 = (uint32_t)(m_Ingress_tmp_19 >> 0x18u);
	m_Ingress_tmp_20 = (uint32_t)(m_Ingress_tmp_19);
	m_Ingress_tmp_20 = (uint32_t)(m_Ingress_tmp_20 & 0xFFu);
	m_Ingress_tmp_21 = (uint32_t)(m_Ingress_tmp_20);
	m_Ingress_tmp_21 = (uint32_t)(m_Ingress_tmp_21 & 0xFFu);
	if (m_Ingress_tmp_5 != 0x4u)
		goto LABEL_TRUE_6;
	if (m_Ingress_tmp_8 < 0x5u)
		goto LABEL_TRUE_6;
	if (h_ipv4_total_length < m_Ingress_tmp_14)
		goto LABEL_TRUE_6;
	if (m_Ingress_tmp_17 == 0xEu)
		goto LABEL_TRUE_6;
	if (m_Ingress_tmp_21 == 0x7Fu)
		goto LABEL_TRUE_6;
	goto LABEL_END_4;
LABEL_TRUE_6:
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x2u);
	goto LABEL_END_4;
LABEL_FALSE_5:
	if (!has_ipv6)
		goto LABEL_FALSE_7;
	m_Ingress_tmp_23 = (uint32_t)(h_ipv6_version_dscp_ecn_flow_label);
	m_Ingress_tmp_23 = (uint32_t)(m_Ingress_tmp_23 >> 0x1Cu);
	m_Ingress_tmp_24 = (uint32_t)(m_Ingress_tmp_23);
	m_Ingress_tmp_24 = (uint32_t)(m_Ingress_tmp_24 & 0xFu);
	m_Ingress_tmp_25 = (uint32_t)(m_Ingress_tmp_24);
	m_Ingress_tmp_25 = (uint32_t)(m_Ingress_tmp_25 & 0xFu);
	if (m_Ingress_tmp_25 != 0x6u)
		goto LABEL_TRUE_8;
	if (m_local_metadata_ip_bytes < 0x28u)
		goto LABEL_TRUE_8;
	if (m_local_metadata_ipv6_src_group == 0x1u)
		goto LABEL_TRUE_8;
	goto LABEL_END_4;
LABEL_TRUE_8:
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x2u);
	goto LABEL_END_4;
LABEL_FALSE_7:
	if (m_local_metadata_ether_type == 0x806u)
		goto LABEL_END_4;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x5u);
LABEL_END_4:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_10;
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_10;
	if (m_local_metadata_ether_type != 0x806u)
		goto LABEL_FALSE_11;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x3u);
	goto LABEL_END_10;
LABEL_FALSE_11:
	if (m_local_metadata_protocol != 0x2Eu)
		goto LABEL_FALSE_12;
	if (!has_ipv4)
		goto LABEL_FALSE_13;
	m_Ingress_Interception_tmp = (uint16_t)(0x9404u);
	goto LABEL_END_13;
LABEL_FALSE_13:
	m_Ingress_Interception_tmp = (uint16_t)(0x502u);
LABEL_END_13:
	if (m_local_metadata_rsvp != 0x1u)
		goto LABEL_END_10;
	if (m_local_metadata_first_option == m_Ingress_Interception_tmp)
		goto LABEL_TRUE_14;
	if (!has_rsvp)
		goto LABEL_END_10;
	if (h_rsvp_type == 0x1u)
		goto LABEL_TRUE_14;
	if (h_rsvp_type == 0x5u)
		goto LABEL_TRUE_14;
	if (h_rsvp_type == 0x7u)
		goto LABEL_TRUE_14;
	goto LABEL_END_10;
LABEL_TRUE_14:
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x1u);
	goto LABEL_END_10;
LABEL_FALSE_12:
	if (m_local_metadata_protocol != 0x2u)
		goto LABEL_FALSE_15;
	if (!has_ipv4)
		goto LABEL_FALSE_15;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x5u);
	goto LABEL_END_10;
LABEL_FALSE_15:
	if (m_local_metadata_protocol != 0x3Au)
		goto LABEL_END_10;
	if (!has_ipv6)
		goto LABEL_END_10;
	if (!has_icmp)
		goto LABEL_END_10;
	if (h_icmp_type == 0x8Fu)
		goto LABEL_TRUE_17;
	if (h_icmp_type < 0x82u)
		goto LABEL_FALSE_17;
	if (h_icmp_type > 0x84u)
		goto LABEL_FALSE_17;
LABEL_TRUE_17:
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x5u);
	goto LABEL_END_10;
LABEL_FALSE_17:
	if (h_icmp_type < 0x85u)
		goto LABEL_END_10;
	if (h_icmp_type > 0x89u)
		goto LABEL_END_10;
	if (h_ipv6_hop_limit != 0xFFu)
		goto LABEL_END_10;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x4u);
LABEL_END_10:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_19;
	if (!has_ipv4)
		goto LABEL_FALSE_20;
	if (m_local_metadata_multicast != 0x1u)
		goto LABEL_END_21;
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV4_MULTICAST_SOURCES], (const uint64_t[]){((uint64_t)(h_ipv4_dst) << 32) | ((uint64_t)(h_ipv4_src))}, 1);
	
		switch (row->action) {
		case 0:
			m_local_metadata_copies = (uint8_t)(0x1u);
			m_local_metadata_out_interface = (uint16_t)(0xFFFFu);
			m_local_metadata_group = (uint16_t)((row->words[1] >> 48) & 0xffffu);
			m_local_metadata_policed_group = (uint16_t)((row->words[1] >> 32) & 0xffffu);
			m_local_metadata_reverse_path = (uint16_t)((row->words[1] >> 16) & 0xffffu);
			break;
		case 1:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x7u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_21:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_20;
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_END_20;
	{
		const struct row *row = table_find_prefix(&program->tables[TABLE_IPV4_ROUTES], (unsigned __int128)h_ipv4_dst << 96);
	
		switch (row->action) {
		case 0:
			m_local_metadata_next_hop = (uint16_t)((row->words[1] >> 48) & 0xffffu);
			break;
		case 1:
			m_local_metadata_deliver = (uint8_t)(0x1u);
			break;
		case 2:
			m_local_metadata_copies = (uint8_t)(0x1u);
			m_local_metadata_out_interface = (uint16_t)(0xFFFFu);
			m_local_metadata_group = (uint16_t)((row->words[1] >> 48) & 0xffffu);
			m_local_metadata_policed_group = (uint16_t)((row->words[1] >> 32) & 0xffffu);
			m_local_metadata_reverse_path = (uint16_t)((row->words[1] >> 16) & 0xffffu);
			break;
		case 3:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x7u);
			break;
		case 4:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x6u);
			break;
		}
	}
	goto LABEL_END_20;
	goto LABEL_END_20;
LABEL_FALSE_20:
	if (m_local_metadata_multicast != 0x1u)
		goto LABEL_END_23;
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_MULTICAST_SOURCES], (const uint64_t[]){((uint64_t)(h_ipv6_dst >> 64)), ((uint64_t)(h_ipv6_dst)), ((uint64_t)(h_ipv6_src >> 64)), ((uint64_t)(h_ipv6_src))}, 4);
	
		switch (row->action) {
		case 0:
			m_local_metadata_copies = (uint8_t)(0x1u);
			m_local_metadata_out_interface = (uint16_t)(0xFFFFu);
			m_local_metadata_group = (uint16_t)((row->words[4] >> 48) & 0xffffu);
			m_local_metadata_policed_group = (uint16_t)((row->words[4] >> 32) & 0xffffu);
			m_local_metadata_reverse_path = (uint16_t)((row->words[4] >> 16) & 0xffffu);
			break;
		case 1:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x7u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_23:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_20;
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_END_20;
	{
		const struct row *row = table_find_prefix(&program->tables[TABLE_IPV6_ROUTES], (unsigned __int128)h_ipv6_dst << 0);
	
		switch (row->action) {
		case 0:
			m_local_metadata_next_hop = (uint16_t)((row->words[3] >> 48) & 0xffffu);
			break;
		case 1:
			m_local_metadata_deliver = (uint8_t)(0x1u);
			break;
		case 2:
			m_local_metadata_copies = (uint8_t)(0x1u);
			m_local_metadata_out_interface = (uint16_t)(0xFFFFu);
			m_local_metadata_group = (uint16_t)((row->words[3] >> 48) & 0xffffu);
			m_local_metadata_policed_group = (uint16_t)((row->words[3] >> 32) & 0xffffu);
			m_local_metadata_reverse_path = (uint16_t)((row->words[3] >> 16) & 0xffffu);
			break;
		case 3:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x7u);
			break;
		case 4:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0x6u);
			break;
		}
	}
LABEL_END_20:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_19;
	if (m_local_metadata_deliver != 0x0u)
		goto LABEL_END_19;
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_FALSE_26HALF;
	if (m_local_metadata_multicast != 0x1u)
		goto LABEL_FALSE_26HALF;
	goto LABEL_TRUE_26;
LABEL_FALSE_26HALF:
	if (m_local_metadata_copies != 0x1u)
		goto LABEL_FALSE_26;
	if (m_local_metadata_multicast != 0x0u)
		goto LABEL_FALSE_26;
LABEL_TRUE_26:
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x4u);
	goto LABEL_END_19;
LABEL_FALSE_26:
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_FALSE_27;
	if (m_local_metadata_hops_left > 0x1u)
		goto LABEL_FALSE_28;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x8u);
	goto LABEL_END_19;
LABEL_FALSE_28:
	{
		const struct row *row = table_find(&program->tables[TABLE_NEXT_HOPS], (const uint64_t[]){((uint64_t)(m_local_metadata_next_hop) << 48)}, 1);
	
		switch (row->action) {
		case 0:
			m_local_metadata_out_interface = (uint16_t)((row->words[1] >> 48) & 0xffffu);
			m_local_metadata_next_hop_mac = ((uint64_t)((row->words[1] >> 0) & 0xffffffffffffu) & 0xffffffffffffu);
			break;
		case 1:
			m_local_metadata_fate = (uint8_t)(0x1u);
			m_local_metadata_punt_reason = (uint8_t)(0x9u);
			break;
		case 2:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0xAu);
			break;
		}
	}
	goto LABEL_END_19;
LABEL_FALSE_27:
	m_Ingress_tmp_27 = (uint32_t)(h_ipv4_dst);
	m_Ingress_tmp_27 = (uint32_t)(m_Ingress_tmp_27 >> 0x8u);
	m_Ingress_tmp_28 = (uint32_t)(m_Ingress_tmp_27);
	m_Ingress_tmp_28 = (uint32_t)(m_Ingress_tmp_28 & 0xFFFFFFu);
	m_Ingress_tmp_29 = (uint32_t)(m_Ingress_tmp_28);
	m_Ingress_tmp_29 = (uint32_t)(m_Ingress_tmp_29 & 0xFFFFFFu);
	if (!has_ipv4)
		goto LABEL_FALSE_29HALF;
	if (m_Ingress_tmp_29 != 0xE00000u)
		goto LABEL_FALSE_29HALF;
	goto LABEL_TRUE_29;
LABEL_FALSE_29HALF:
	if (!has_ipv6)
		goto LABEL_FALSE_29;
	if (m_local_metadata_ipv6_scope > 0x2u)
		goto LABEL_FALSE_29;
LABEL_TRUE_29:
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x9u);
	goto LABEL_END_19;
LABEL_FALSE_29:
	if (m_local_metadata_reverse_path == 0x0u)
		goto LABEL_FALSE_30;
	if (m_local_metadata_reverse_path == m_local_metadata_in_interface)
		goto LABEL_FALSE_30;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x8u);
	goto LABEL_END_19;
LABEL_FALSE_30:
	if (m_local_metadata_hops_left > 0x1u)
		goto LABEL_END_19;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0xCu);
LABEL_END_19:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_1;
	if (m_local_metadata_deliver != 0x1u)
		goto LABEL_END_1;
	if (m_local_metadata_rsvp != 0x1u)
		goto LABEL_FALSE_33;
	if (m_local_metadata_protocol != 0x2Eu)
		goto LABEL_FALSE_33;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x1u);
	goto LABEL_END_1;
LABEL_FALSE_33:
	if (m_local_metadata_rsvp != 0x1u)
		goto LABEL_FALSE_34;
	if (m_local_metadata_protocol != 0x11u)
		goto LABEL_FALSE_34;
	if (!has_ports)
		goto LABEL_FALSE_34;
	if (h_ports_dst == 0x6A2u)
		goto LABEL_TRUE_34;
	if (h_ports_dst == 0x6A3u)
		goto LABEL_TRUE_34;
LABEL_FALSE_34:
	if (!has_icmp)
		goto LABEL_FALSE_35;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x6u);
	goto LABEL_END_1;
LABEL_FALSE_35:
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x7u);
	goto LABEL_END_1;
LABEL_TRUE_34:
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0x2u);
LABEL_END_1:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_36;
	{
		const struct row *row = table_find(&program->tables[TABLE_OUTGOING_INTERFACES], (const uint64_t[]){((uint64_t)(m_local_metadata_out_interface) << 48)}, 1);
	
		switch (row->action) {
		case 0:
			m_local_metadata_out_port = (uint16_t)((row->words[1] >> 48) & 0xffffu);
			m_local_metadata_out_mac = ((uint64_t)((row->words[1] >> 0) & 0xffffffffffffu) & 0xffffffffffffu);
			m_local_metadata_out_vlan_id = (uint16_t)((row->words[2] >> 48) & 0xffffu);
			m_local_metadata_mtu_bytes = (uint16_t)((row->words[2] >> 32) & 0xffffu);
			m_local_metadata_shapes = (uint16_t)((row->words[2] >> 16) & 0xffffu);
			break;
		case 1:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0xBu);
			break;
		}
	}
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_36;
	if (m_local_metadata_ip_bytes > m_local_metadata_mtu_bytes)
		goto LABEL_TRUE_38;
	goto LABEL_END_36;
LABEL_TRUE_38:
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_FALSE_39;
	m_local_metadata_fate = (uint8_t)(0x1u);
	m_local_metadata_punt_reason = (uint8_t)(0xAu);
	goto LABEL_END_36;
LABEL_FALSE_39:
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0xDu);
LABEL_END_36:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_0;
	if (!has_ipv4)
		goto LABEL_FALSE_41;
	m_Ingress_tmp_37 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_37 = (uint16_t)(m_Ingress_tmp_37 & 0x3Fu);
	if (m_Ingress_tmp_37 == 0x0u)
		goto LABEL_END_41;
	m_Ingress_tmp_31 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_31 = (uint16_t)(m_Ingress_tmp_31 & 0x1u);
	if (m_Ingress_tmp_31 == 0x0u)
		goto LABEL_END_43;
	if (!has_ports)
		goto LABEL_END_43;
	m_RouterIngress_Classifier_ipv4_five_tuple_local_metadata_ou26 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv4_five_tuple_ipv4_dst = (uint32_t)(h_ipv4_dst);
	m_RouterIngress_Classifier_ipv4_five_tuple_local_metadata_pr27 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv4_five_tuple_ports_dst = (uint16_t)(h_ports_dst);
	m_RouterIngress_Classifier_ipv4_five_tuple_ipv4_src = (uint32_t)(h_ipv4_src);
	m_RouterIngress_Classifier_ipv4_five_tuple_ports_src = (uint16_t)(h_ports_src);
	{
		const struct row *row = table_find_noted(&program->tables[TABLE_IPV4_FIVE_TUPLE], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_local_metadata_ou26) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_ipv4_dst) << 16) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_local_metadata_pr27) << 8) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_ports_dst >> 8)), ((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_ports_dst) << 56) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_ipv4_src) << 24) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_five_tuple_ports_src) << 8)}, 2, state);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[2] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_43:
	m_Ingress_tmp_32 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_32 = (uint16_t)(m_Ingress_tmp_32 & 0x2u);
	if (m_Ingress_tmp_32 == 0x0u)
		goto LABEL_END_44;
	if (!has_spi)
		goto LABEL_END_44;
	m_RouterIngress_Classifier_ipv4_spi_local_metadata_out_inter28 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv4_spi_ipv4_dst = (uint32_t)(h_ipv4_dst);
	m_RouterIngress_Classifier_ipv4_spi_local_metadata_protocol = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv4_spi_ipv4_src = (uint32_t)(h_ipv4_src);
	m_RouterIngress_Classifier_ipv4_spi_spi_spi = (uint32_t)(h_spi_spi);
	{
		const struct row *row = table_find_noted(&program->tables[TABLE_IPV4_SPI], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv4_spi_local_metadata_out_inter28) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_spi_ipv4_dst) << 16) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_spi_local_metadata_protocol) << 8) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_spi_ipv4_src >> 24)), ((uint64_t)(m_RouterIngress_Classifier_ipv4_spi_ipv4_src) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_spi_spi_spi) << 8)}, 2, state);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[2] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_44:
	m_Ingress_tmp_33 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_33 = (uint16_t)(m_Ingress_tmp_33 & 0x4u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_45;
	if (m_Ingress_tmp_33 == 0x0u)
		goto LABEL_END_45;
	if (!has_ports)
		goto LABEL_END_45;
	m_RouterIngress_Classifier_ipv4_no_source_port_local_metadat29 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv4_no_source_port_ipv4_dst = (uint32_t)(h_ipv4_dst);
	m_RouterIngress_Classifier_ipv4_no_source_port_local_metadat30 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv4_no_source_port_ports_dst = (uint16_t)(h_ports_dst);
	m_RouterIngress_Classifier_ipv4_no_source_port_ipv4_src = (uint32_t)(h_ipv4_src);
	{
		const struct row *row = table_find_noted(&program->tables[TABLE_IPV4_NO_SOURCE_PORT], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv4_no_source_port_local_metadat29) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_source_port_ipv4_dst) << 16) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_source_port_local_metadat30) << 8) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_source_port_ports_dst >> 8)), ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_source_port_ports_dst) << 56) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_source_port_ipv4_src) << 24)}, 2, state);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[2] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_45:
	m_Ingress_tmp_34 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_34 = (uint16_t)(m_Ingress_tmp_34 & 0x8u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_46;
	if (m_Ingress_tmp_34 == 0x0u)
		goto LABEL_END_46;
	if (!has_ports)
		goto LABEL_END_46;
	m_RouterIngress_Classifier_ipv4_any_source_local_metadata_ou31 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv4_any_source_ipv4_dst = (uint32_t)(h_ipv4_dst);
	m_RouterIngress_Classifier_ipv4_any_source_local_metadata_pr32 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv4_any_source_ports_dst = (uint16_t)(h_ports_dst);
	{
		const struct row *row = table_find_noted(&program->tables[TABLE_IPV4_ANY_SOURCE], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_local_metadata_ou31) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_ipv4_dst) << 16) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_local_metadata_pr32) << 8) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_ports_dst >> 8)), ((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_ports_dst) << 56)}, 2, state);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[2] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_46:
	m_Ingress_tmp_35 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_35 = (uint16_t)(m_Ingress_tmp_35 & 0x10u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_47;
	if (m_Ingress_tmp_35 == 0x0u)
		goto LABEL_END_47;
	m_RouterIngress_Classifier_ipv4_no_ports_local_metadata_out_33 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv4_no_ports_ipv4_dst = (uint32_t)(h_ipv4_dst);
	m_RouterIngress_Classifier_ipv4_no_ports_local_metadata_prot34 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv4_no_ports_ipv4_src = (uint32_t)(h_ipv4_src);
	{
		const struct row *row = table_find_noted(&program->tables[TABLE_IPV4_NO_PORTS], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv4_no_ports_local_metadata_out_33) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_ports_ipv4_dst) << 16) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_ports_local_metadata_prot34) << 8) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_ports_ipv4_src >> 24)), ((uint64_t)(m_RouterIngress_Classifier_ipv4_no_ports_ipv4_src) << 40)}, 2, state);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[2] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[2] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[2] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_47:
	m_Ingress_tmp_36 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_36 = (uint16_t)(m_Ingress_tmp_36 & 0x20u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_41;
	if (m_Ingress_tmp_36 == 0x0u)
		goto LABEL_END_41;
	m_RouterIngress_Classifier_ipv4_any_source_no_ports_local_me35 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv4_any_source_no_ports_ipv4_dst = (uint32_t)(h_ipv4_dst);
	m_RouterIngress_Classifier_ipv4_any_source_no_ports_local_me36 = (uint8_t)(m_local_metadata_protocol);
	{
		const struct row *row = table_find_noted(&program->tables[TABLE_IPV4_ANY_SOURCE_NO_PORTS], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_no_ports_local_me35) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_no_ports_ipv4_dst) << 16) | ((uint64_t)(m_RouterIngress_Classifier_ipv4_any_source_no_ports_local_me36) << 8)}, 1, state);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[1] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[1] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[1] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[1] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[1] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
	goto LABEL_END_41;
	goto LABEL_END_41;
LABEL_FALSE_41:
	m_Ingress_tmp_45 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_45 = (uint16_t)(m_Ingress_tmp_45 & 0x7F00u);
	if (m_Ingress_tmp_45 == 0x0u)
		goto LABEL_END_41;
	m_Ingress_tmp_38 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_38 = (uint16_t)(m_Ingress_tmp_38 & 0x100u);
	if (m_Ingress_tmp_38 == 0x0u)
		goto LABEL_END_50;
	if (!has_ports)
		goto LABEL_END_50;
	m_RouterIngress_Classifier_ipv6_five_tuple_local_metadata_ou37 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_five_tuple_local_metadata_pr38 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv6_five_tuple_ports_dst = (uint16_t)(h_ports_dst);
	m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_src = (unsigned __int128)(h_ipv6_src);
	m_RouterIngress_Classifier_ipv6_five_tuple_ports_src = (uint16_t)(h_ports_src);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_FIVE_TUPLE], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_local_metadata_ou37) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_local_metadata_pr38) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ports_dst) << 24) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_src >> 104)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_src >> 40)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ipv6_src) << 24) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_five_tuple_ports_src) << 8)}, 5);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[5] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_50:
	m_Ingress_tmp_39 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_39 = (uint16_t)(m_Ingress_tmp_39 & 0x200u);
	if (m_Ingress_tmp_39 == 0x0u)
		goto LABEL_END_51;
	if (!has_spi)
		goto LABEL_END_51;
	m_RouterIngress_Classifier_ipv6_spi_local_metadata_out_inter39 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_spi_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_spi_local_metadata_protocol = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv6_spi_ipv6_src = (unsigned __int128)(h_ipv6_src);
	m_RouterIngress_Classifier_ipv6_spi_spi_spi = (uint32_t)(h_spi_spi);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_SPI], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_local_metadata_out_inter39) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_local_metadata_protocol) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_ipv6_src >> 88)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_ipv6_src >> 24)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_ipv6_src) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_spi_spi_spi) << 8)}, 5);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[5] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_51:
	m_Ingress_tmp_40 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_40 = (uint16_t)(m_Ingress_tmp_40 & 0x4000u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_52;
	if (m_Ingress_tmp_40 == 0x0u)
		goto LABEL_END_52;
	m_Ingress_tmp_52 = (uint32_t)(h_ipv6_version_dscp_ecn_flow_label);
	m_Ingress_tmp_52 = (uint32_t)(m_Ingress_tmp_52 & 0xFFFFFu);
	m_Ingress_tmp_53 = (uint32_t)(m_Ingress_tmp_52);
	m_Ingress_tmp_53 = (uint32_t)(m_Ingress_tmp_53 & 0xFFFFFu);
	m_RouterIngress_Classifier_ipv6_flow_label_local_metadata_ou40 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_flow_label_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_flow_label_ipv6_src = (unsigned __int128)(h_ipv6_src);
	m_RouterIngress_Classifier_ipv6_flow_label_key = ((uint32_t)(m_Ingress_tmp_53) & 0xffffffu);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_FLOW_LABEL], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_local_metadata_ou40) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_ipv6_src >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_ipv6_src >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_ipv6_src) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_flow_label_key) << 24)}, 5);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[5] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_52:
	m_Ingress_tmp_41 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_41 = (uint16_t)(m_Ingress_tmp_41 & 0x400u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_53;
	if (m_Ingress_tmp_41 == 0x0u)
		goto LABEL_END_53;
	if (!has_ports)
		goto LABEL_END_53;
	m_RouterIngress_Classifier_ipv6_no_source_port_local_metadat41 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_no_source_port_local_metadat42 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv6_no_source_port_ports_dst = (uint16_t)(h_ports_dst);
	m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_src = (unsigned __int128)(h_ipv6_src);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_NO_SOURCE_PORT], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_local_metadat41) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_local_metadat42) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ports_dst) << 24) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_src >> 104)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_src >> 40)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_source_port_ipv6_src) << 24)}, 5);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[5] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_53:
	m_Ingress_tmp_42 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_42 = (uint16_t)(m_Ingress_tmp_42 & 0x800u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_54;
	if (m_Ingress_tmp_42 == 0x0u)
		goto LABEL_END_54;
	if (!has_ports)
		goto LABEL_END_54;
	m_RouterIngress_Classifier_ipv6_any_source_local_metadata_ou43 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_any_source_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_any_source_local_metadata_pr44 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv6_any_source_ports_dst = (uint16_t)(h_ports_dst);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_ANY_SOURCE], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_local_metadata_ou43) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_local_metadata_pr44) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_ports_dst) << 24)}, 3);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[3] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[3] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[3] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[3] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[3] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_54:
	m_Ingress_tmp_43 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_43 = (uint16_t)(m_Ingress_tmp_43 & 0x1000u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_55;
	if (m_Ingress_tmp_43 == 0x0u)
		goto LABEL_END_55;
	m_RouterIngress_Classifier_ipv6_no_ports_local_metadata_out_45 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_no_ports_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_no_ports_local_metadata_prot46 = (uint8_t)(m_local_metadata_protocol);
	m_RouterIngress_Classifier_ipv6_no_ports_ipv6_src = (unsigned __int128)(h_ipv6_src);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_NO_PORTS], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_local_metadata_out_45) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_local_metadata_prot46) << 40) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_ipv6_src >> 88)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_ipv6_src >> 24)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_no_ports_ipv6_src) << 40)}, 5);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[5] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[5] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[5] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_55:
	m_Ingress_tmp_44 = (uint16_t)(m_local_metadata_shapes);
	m_Ingress_tmp_44 = (uint16_t)(m_Ingress_tmp_44 & 0x2000u);
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_END_41;
	if (m_Ingress_tmp_44 == 0x0u)
		goto LABEL_END_41;
	m_RouterIngress_Classifier_ipv6_any_source_no_ports_local_me47 = (uint16_t)(m_local_metadata_out_interface);
	m_RouterIngress_Classifier_ipv6_any_source_no_ports_ipv6_dst = (unsigned __int128)(h_ipv6_dst);
	m_RouterIngress_Classifier_ipv6_any_source_no_ports_local_me48 = (uint8_t)(m_local_metadata_protocol);
	{
		const struct row *row = table_find(&program->tables[TABLE_IPV6_ANY_SOURCE_NO_PORTS], (const uint64_t[]){((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_no_ports_local_me47) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_no_ports_ipv6_dst >> 80)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_no_ports_ipv6_dst >> 16)), ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_no_ports_ipv6_dst) << 48) | ((uint64_t)(m_RouterIngress_Classifier_ipv6_any_source_no_ports_local_me48) << 40)}, 3);
	
		switch (row->action) {
		case 0:
			m_local_metadata_reservation = (uint32_t)((row->words[3] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[3] >> 24) & 0xffu);
			break;
		case 1:
			m_local_metadata_reservation = (uint32_t)((row->words[3] >> 32) & 0xffffffffu);
			m_local_metadata_service_class = (uint8_t)((row->words[3] >> 24) & 0xffu);
			m_local_metadata_own_dscp = (uint8_t)((row->words[3] >> 16) & 0xffu);
			m_local_metadata_has_own_dscp = (uint8_t)(0x1u);
			break;
		case 2:
			break;
		}
	}
LABEL_END_41:
	if (m_local_metadata_reservation != 0x0u)
		goto LABEL_FALSE_57;
	m_local_metadata_service_class = (uint8_t)(0x0u);
	goto LABEL_END_0;
LABEL_FALSE_57:
	m_Ingress_Policer_psa_colour = (uint32_t)(meter_execute_noted(&program->meters[METER_RESERVATION_METER], m_local_metadata_reservation, m_local_metadata_wire_bytes, pass->now_ns, state));
	if (m_Ingress_Policer_psa_colour != 0x2u)
		goto LABEL_FALSE_58;
	m_local_metadata_colour = (uint8_t)(0x2u);
	goto LABEL_END_0;
LABEL_FALSE_58:
	if (m_Ingress_Policer_psa_colour != 0x1u)
		goto LABEL_FALSE_59;
	m_local_metadata_colour = (uint8_t)(0x1u);
	goto LABEL_END_0;
LABEL_FALSE_59:
	m_local_metadata_colour = (uint8_t)(0x0u);
LABEL_END_0:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_60;
	{
		const struct row *row = table_find(&program->tables[TABLE_VERDICTS], (const uint64_t[]){((uint64_t)(m_local_metadata_service_class) << 56) | ((uint64_t)(m_local_metadata_colour) << 48)}, 1);
	
		switch (row->action) {
		case 0:
			m_local_metadata_queue = (uint8_t)((row->words[1] >> 56) & 0xffu);
			break;
		case 1:
			m_local_metadata_queue = (uint8_t)((row->words[1] >> 56) & 0xffu);
			m_local_metadata_has_policy_dscp = (uint8_t)(0x1u);
			m_local_metadata_policy_dscp = (uint8_t)((row->words[1] >> 48) & 0xffu);
			break;
		case 2:
			m_local_metadata_verdict = (uint8_t)(0x1u);
			break;
		case 3:
			m_local_metadata_verdict = (uint8_t)(0x1u);
			m_local_metadata_has_policy_dscp = (uint8_t)(0x1u);
			m_local_metadata_policy_dscp = (uint8_t)((row->words[1] >> 56) & 0xffu);
			break;
		case 4:
			m_local_metadata_verdict = (uint8_t)(0x2u);
			break;
		}
	}
	if (m_local_metadata_reservation == 0x0u)
		goto LABEL_END_61;
	m_Ingress_tmp_54 = (uint32_t)(m_local_metadata_reservation);
	m_Ingress_tmp_54 = (uint32_t)(m_Ingress_tmp_54 & 0x3FFFFFFFu);
	m_Ingress_tmp_55 = (uint32_t)(m_Ingress_tmp_54);
	m_Ingress_tmp_55 = (uint32_t)(m_Ingress_tmp_55 & 0x3FFFFFFFu);
	m_Ingress_tmp_58 = (uint32_t)(m_Ingress_tmp_55);
	m_Ingress_tmp_58 = (uint32_t)(m_Ingress_tmp_58 << 0x2u);
	m_Ingress_tmp_60 = (uint32_t)(m_local_metadata_verdict);
	m_Ingress_tmp_60 = (uint32_t)(m_Ingress_tmp_60 & 0x3u);
	m_Ingress_tmp_107 = (uint32_t)(m_Ingress_tmp_58);
	m_Ingress_tmp_107 = (uint32_t)(m_Ingress_tmp_107 | m_Ingress_tmp_60);
	counter_add_noted(state, COUNTER_RESERVATION_TRAFFIC, m_Ingress_tmp_107, m_local_metadata_frame_bytes);
LABEL_END_61:
	if (m_local_metadata_copies != 0x1u)
		goto LABEL_END_62;
	if (m_local_metadata_reservation == 0x0u)
		goto LABEL_END_62;
	m_local_metadata_copies = (uint8_t)(0x2u);
	m_local_metadata_group = (uint16_t)(m_local_metadata_policed_group);
	m_local_metadata_has_own_dscp = (uint8_t)(0x0u);
	m_local_metadata_has_policy_dscp = (uint8_t)(0x0u);
	if (m_local_metadata_verdict != 0x2u)
		goto LABEL_END_62;
	m_local_metadata_verdict = (uint8_t)(0x1u);
LABEL_END_62:
	if (m_local_metadata_verdict != 0x2u)
		goto LABEL_FALSE_64;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0xEu);
	goto LABEL_END_60;
LABEL_FALSE_64:
	if (m_local_metadata_verdict != 0x1u)
		goto LABEL_END_60;
	m_local_metadata_service_class = (uint8_t)(0x0u);
LABEL_END_60:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_66;
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_66;
	if (m_local_metadata_copies == 0x2u)
		goto LABEL_END_66;
	if (m_local_metadata_has_own_dscp != 0x1u)
		goto LABEL_FALSE_67;
	if (m_local_metadata_verdict != 0x0u)
		goto LABEL_FALSE_67;
	m_Ingress_tmp_61 = (uint8_t)(h_ipv4_dscp_ecn);
	m_Ingress_tmp_61 = (uint8_t)(m_Ingress_tmp_61 & 0x3u);
	m_Ingress_tmp_63 = (uint8_t)(m_local_metadata_own_dscp);
	m_Ingress_tmp_63 = (uint8_t)(m_Ingress_tmp_63 << 0x2u);
	m_Ingress_tmp_64 = (uint8_t)(m_Ingress_tmp_63);
	m_Ingress_tmp_64 = (uint8_t)(m_Ingress_tmp_64 & 0xFCu);
	h_ipv4_dscp_ecn = (uint8_t)(m_Ingress_tmp_61);
	h_ipv4_dscp_ecn = (uint8_t)(h_ipv4_dscp_ecn | m_Ingress_tmp_64);
	m_Ingress_tmp_65 = (uint32_t)(h_ipv6_version_dscp_ecn_flow_label);
	m_Ingress_tmp_65 = (uint32_t)(m_Ingress_tmp_65 & 0xF03FFFFFu);
	m_Ingress_tmp_67 = (uint32_t)(m_local_metadata_own_dscp);
	m_Ingress_tmp_67 = (uint32_t)(m_Ingress_tmp_67 << 0x16u);
	m_Ingress_tmp_68 = (uint32_t)(m_Ingress_tmp_67);
	m_Ingress_tmp_68 = (uint32_t)(m_Ingress_tmp_68 & 0xFC00000u);
	h_ipv6_version_dscp_ecn_flow_label = (uint32_t)(m_Ingress_tmp_65);
	h_ipv6_version_dscp_ecn_flow_label = (uint32_t)(h_ipv6_version_dscp_ecn_flow_label | m_Ingress_tmp_68);
	goto LABEL_END_67;
LABEL_FALSE_67:
	if (m_local_metadata_has_policy_dscp != 0x1u)
		goto LABEL_END_67;
	m_Ingress_tmp_69 = (uint8_t)(h_ipv4_dscp_ecn);
	m_Ingress_tmp_69 = (uint8_t)(m_Ingress_tmp_69 & 0x3u);
	m_Ingress_tmp_71 = (uint8_t)(m_local_metadata_policy_dscp);
	m_Ingress_tmp_71 = (uint8_t)(m_Ingress_tmp_71 << 0x2u);
	m_Ingress_tmp_72 = (uint8_t)(m_Ingress_tmp_71);
	m_Ingress_tmp_72 = (uint8_t)(m_Ingress_tmp_72 & 0xFCu);
	h_ipv4_dscp_ecn = (uint8_t)(m_Ingress_tmp_69);
	h_ipv4_dscp_ecn = (uint8_t)(h_ipv4_dscp_ecn | m_Ingress_tmp_72);
	m_Ingress_tmp_73 = (uint32_t)(h_ipv6_version_dscp_ecn_flow_label);
	m_Ingress_tmp_73 = (uint32_t)(m_Ingress_tmp_73 & 0xF03FFFFFu);
	m_Ingress_tmp_75 = (uint32_t)(m_local_metadata_policy_dscp);
	m_Ingress_tmp_75 = (uint32_t)(m_Ingress_tmp_75 << 0x16u);
	m_Ingress_tmp_76 = (uint32_t)(m_Ingress_tmp_75);
	m_Ingress_tmp_76 = (uint32_t)(m_Ingress_tmp_76 & 0xFC00000u);
	h_ipv6_version_dscp_ecn_flow_label = (uint32_t)(m_Ingress_tmp_73);
	h_ipv6_version_dscp_ecn_flow_label = (uint32_t)(h_ipv6_version_dscp_ecn_flow_label | m_Ingress_tmp_76);
LABEL_END_67:
	if (!has_ipv4)
		goto LABEL_FALSE_69;
	h_ipv4_ttl = (uint8_t)(h_ipv4_ttl + 0xFFu);
	goto LABEL_END_69;
LABEL_FALSE_69:
	h_ipv6_hop_limit = (uint8_t)(h_ipv6_hop_limit + 0xFFu);
LABEL_END_69:
	if (m_local_metadata_copies == 0x1u)
		goto LABEL_END_66;
	h_ethernet_src = ((uint64_t)(m_local_metadata_out_mac) & 0xffffffffffffu);
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_END_71;
	h_ethernet_dst = ((uint64_t)(m_local_metadata_next_hop_mac) & 0xffffffffffffu);
LABEL_END_71:
	if (m_local_metadata_out_vlan_id == 0x0u)
		goto LABEL_FALSE_72;
	has_vlan = true;
	m_Ingress_tmp_77 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_Ingress_tmp_77 = (uint16_t)(m_Ingress_tmp_77 & 0x1FFFu);
	m_Ingress_tmp_79 = (uint16_t)(m_local_metadata_queue);
	m_Ingress_tmp_79 = (uint16_t)(m_Ingress_tmp_79 << 0xDu);
	m_Ingress_tmp_80 = (uint16_t)(m_Ingress_tmp_79);
	m_Ingress_tmp_80 = (uint16_t)(m_Ingress_tmp_80 & 0xE000u);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(m_Ingress_tmp_77);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id | m_Ingress_tmp_80);
	m_Ingress_tmp_81 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_Ingress_tmp_81 = (uint16_t)(m_Ingress_tmp_81 & 0xEFFFu);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(m_Ingress_tmp_81);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id | 0x0u);
	m_Ingress_tmp_82 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_Ingress_tmp_82 = (uint16_t)(m_Ingress_tmp_82 & 0xF000u);
	m_Ingress_tmp_84 = (uint16_t)(m_local_metadata_out_vlan_id);
	m_Ingress_tmp_84 = (uint16_t)(m_Ingress_tmp_84 & 0xFFFu);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(m_Ingress_tmp_82);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id | m_Ingress_tmp_84);
	h_vlan_ether_type = (uint16_t)(m_local_metadata_ether_type);
	h_ethernet_ether_type = (uint16_t)(0x8100u);
	goto LABEL_END_66;
LABEL_FALSE_72:
	if (!has_vlan)
		goto LABEL_END_66;
	has_vlan = false;
	h_ethernet_ether_type = (uint16_t)(m_local_metadata_ether_type);
LABEL_END_66:
	if (m_local_metadata_fate != 0x1u)
		goto LABEL_END_74;
	m_Ingress_ToController_kind = (uint8_t)(0x2u);
	m_local_metadata_queue = (uint8_t)(0x0u);
	if (m_local_metadata_punt_reason == 0x1u)
		goto LABEL_TRUE_75;
	if (m_local_metadata_punt_reason == 0x2u)
		goto LABEL_TRUE_75;
	if (m_local_metadata_punt_reason == 0x3u)
		goto LABEL_TRUE_76;
	if (m_local_metadata_punt_reason == 0x4u)
		goto LABEL_TRUE_76;
	if (m_local_metadata_punt_reason == 0x5u)
		goto LABEL_TRUE_76;
	goto LABEL_END_75;
LABEL_TRUE_76:
	m_Ingress_ToController_kind = (uint8_t)(0x1u);
	m_local_metadata_queue = (uint8_t)(0x5u);
	goto LABEL_END_75;
LABEL_TRUE_75:
	m_Ingress_ToController_kind = (uint8_t)(0x0u);
	m_local_metadata_queue = (uint8_t)(0x7u);
LABEL_END_75:
	m_Ingress_tmp_86 = (uint16_t)(m_local_metadata_ingress_port);
	m_Ingress_tmp_86 = (uint16_t)(m_Ingress_tmp_86 << 0x2u);
	m_Ingress_tmp_86 = (uint16_t)(m_Ingress_tmp_86 & 0x7FFu);
	m_Ingress_tmp_88 = (uint16_t)(m_Ingress_ToController_kind);
	m_Ingress_tmp_88 = (uint16_t)(m_Ingress_tmp_88 & 0x3u);
	m_Ingress_tmp_89 = (uint16_t)(m_Ingress_tmp_86);
	m_Ingress_tmp_89 = (uint16_t)(m_Ingress_tmp_89 | m_Ingress_tmp_88);
	m_Ingress_ToController_psa_colour = (uint32_t)(meter_execute(&program->meters[METER_PUNT_METER], m_Ingress_tmp_89, 1u, pass->now_ns));
	if (m_Ingress_ToController_psa_colour != 0x2u)
		goto LABEL_FALSE_77;
	m_Ingress_ToController_colour = (uint8_t)(0x2u);
	goto LABEL_END_77;
LABEL_FALSE_77:
	if (m_Ingress_ToController_psa_colour != 0x1u)
		goto LABEL_FALSE_78;
	m_Ingress_ToController_colour = (uint8_t)(0x1u);
	goto LABEL_END_77;
LABEL_FALSE_78:
	m_Ingress_ToController_colour = (uint8_t)(0x0u);
LABEL_END_77:
	if (m_Ingress_ToController_colour != 0x2u)
		goto LABEL_FALSE_79;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0xFu);
	goto LABEL_END_74;
LABEL_FALSE_79:
	m_local_metadata_out_port = (uint16_t)(0x1FEu);
	has_packet_in = true;
	h_packet_in_ingress_port = (uint16_t)(m_local_metadata_ingress_port);
	h_packet_in_interface = (uint16_t)(m_local_metadata_in_interface);
	h_packet_in_reason = (uint8_t)(m_local_metadata_punt_reason);
LABEL_END_74:
	if (m_local_metadata_fate != 0x1u)
		goto LABEL_FALSE_80;
	m_Ingress_tmp_91 = (uint16_t)(m_local_metadata_ingress_port);
	m_Ingress_tmp_91 = (uint16_t)(m_Ingress_tmp_91 << 0x5u);
	m_Ingress_tmp_91 = (uint16_t)(m_Ingress_tmp_91 & 0x3FFFu);
	m_Ingress_tmp_92 = (uint8_t)(m_local_metadata_punt_reason);
	m_Ingress_tmp_92 = (uint8_t)(m_Ingress_tmp_92 & 0x1Fu);
	m_Ingress_tmp_93 = (uint8_t)(m_Ingress_tmp_92);
	m_Ingress_tmp_93 = (uint8_t)(m_Ingress_tmp_93 & 0x1Fu);
	m_Ingress_tmp_96 = (uint16_t)(m_Ingress_tmp_93);
	m_Ingress_tmp_96 = (uint16_t)(m_Ingress_tmp_96 & 0x1Fu);
	m_Ingress_tmp_97 = (uint16_t)(m_Ingress_tmp_91);
	m_Ingress_tmp_97 = (uint16_t)(m_Ingress_tmp_97 | m_Ingress_tmp_96);
	m_Ingress_tmp_111 = (uint32_t)(m_Ingress_tmp_97);
	counter_add(state, COUNTER_PUNTS, m_Ingress_tmp_111, m_local_metadata_frame_bytes);
	goto LABEL_END_80;
LABEL_FALSE_80:
	if (m_local_metadata_fate != 0x2u)
		goto LABEL_END_80;
	m_Ingress_tmp_99 = (uint16_t)(m_local_metadata_ingress_port);
	m_Ingress_tmp_99 = (uint16_t)(m_Ingress_tmp_99 << 0x5u);
	m_Ingress_tmp_99 = (uint16_t)(m_Ingress_tmp_99 & 0x3FFFu);
	m_Ingress_tmp_100 = (uint8_t)(m_local_metadata_drop_reason);
	m_Ingress_tmp_100 = (uint8_t)(m_Ingress_tmp_100 & 0x1Fu);
	m_Ingress_tmp_101 = (uint8_t)(m_Ingress_tmp_100);
	m_Ingress_tmp_101 = (uint8_t)(m_Ingress_tmp_101 & 0x1Fu);
	m_Ingress_tmp_104 = (uint16_t)(m_Ingress_tmp_101);
	m_Ingress_tmp_104 = (uint16_t)(m_Ingress_tmp_104 & 0x1Fu);
	m_Ingress_tmp_105 = (uint16_t)(m_Ingress_tmp_99);
	m_Ingress_tmp_105 = (uint16_t)(m_Ingress_tmp_105 | m_Ingress_tmp_104);
	m_Ingress_tmp_113 = (uint32_t)(m_Ingress_tmp_105);
	counter_add(state, COUNTER_DROPS, m_Ingress_tmp_113, m_local_metadata_frame_bytes);
LABEL_END_80:
	if (m_local_metadata_fate == 0x2u)
		goto LABEL_TRUE_82;
	m_psa_ingress_output_metadata_drop = (uint8_t)(0x0u);
	goto LABEL_END_82;
LABEL_TRUE_82:
	m_psa_ingress_output_metadata_drop = (uint8_t)(0x1u);
LABEL_END_82:
	m_psa_ingress_output_metadata_egress_port = (uint32_t)(m_local_metadata_out_port);
	if (m_psa_ingress_output_metadata_drop != 0x0u)
		goto LABEL_DROP;
	if (has_ipv4) {
		store_8(frame + at_ipv4 + 1, h_ipv4_dscp_ecn);
		store_8(frame + at_ipv4 + 8, h_ipv4_ttl);
	}
	if (has_ipv6) {
		store_32(frame + at_ipv6 + 0, h_ipv6_version_dscp_ecn_flow_label);
		store_8(frame + at_ipv6 + 7, h_ipv6_hop_limit);
	}
	uint8_t *start = frame + front_bytes;
	if (has_vlan) {
		start -= 4;
		store_16(start + 0, h_vlan_priority_drop_eligible_vlan_id);
		store_16(start + 2, h_vlan_ether_type);
	}
	if (has_ethernet) {
		start -= 14;
		store_48(start + 0, h_ethernet_dst);
		store_48(start + 6, h_ethernet_src);
		store_16(start + 12, h_ethernet_ether_type);
	}
	if (has_packet_in) {
		start -= 5;
		store_16(start + 0, h_packet_in_ingress_port);
		store_16(start + 2, h_packet_in_interface);
		store_8(start + 4, h_packet_in_reason);
	}
	pass->length_bytes += (uint32_t)(frame - start);
	pass->frame = start;
	pass->in_interface = m_local_metadata_in_interface;
	pass->out_port = m_local_metadata_out_port;
	pass->copies = m_local_metadata_copies;
	pass->group = m_local_metadata_group;
	pass->queue = m_local_metadata_queue;
	pass->service_class = m_local_metadata_service_class;
	pass->fate = m_local_metadata_fate;
	return PASS_FORWARDED;
LABEL_DROP:
	pass->in_interface = m_local_metadata_in_interface;
	pass->out_port = m_local_metadata_out_port;
	pass->copies = m_local_metadata_copies;
	pass->group = m_local_metadata_group;
	pass->queue = m_local_metadata_queue;
	pass->service_class = m_local_metadata_service_class;
	pass->fate = m_local_metadata_fate;
	return PASS_DROPPED;
}

enum pass_result pipeline_egress(struct pass *pass,
	const struct program *program, struct worker_state *state)
{
	uint8_t *const frame = pass->frame;
	uint32_t left_bytes = pass->length_bytes;
	uint32_t at = 0, front_bytes = 0;
	uint8_t m_psa_ingress_output_metadata_drop = 0;
	uint32_t m_psa_ingress_output_metadata_egress_port = 0;
	uint16_t m_local_metadata_ingress_port = pass->ingress_port;
	uint16_t m_local_metadata_ether_type = 0;
	uint16_t m_local_metadata_vlan_id = 0;
	uint8_t m_local_metadata_protocol = 0;
	uint16_t m_local_metadata_ip_bytes = 0;
	uint8_t m_local_metadata_hops_left = 0;
	uint16_t m_local_metadata_fragment_offset = 0;
	uint16_t m_local_metadata_first_option = 0;
	uint16_t m_local_metadata_in_interface = pass->in_interface;
	uint16_t m_local_metadata_out_interface = pass->out_interface;
	uint8_t m_local_metadata_copies = pass->copies;
	uint16_t m_local_metadata_out_port = pass->out_port;
	uint64_t m_local_metadata_out_mac = 0;
	uint16_t m_local_metadata_out_vlan_id = 0;
	uint64_t m_local_metadata_next_hop_mac = 0;
	uint16_t m_local_metadata_mtu_bytes = 0;
	uint8_t m_local_metadata_service_class = pass->service_class;
	uint8_t m_local_metadata_queue = pass->queue;
	uint8_t m_local_metadata_fate = 0;
	uint8_t m_local_metadata_drop_reason = 0;
	uint16_t m_local_metadata_frame_bytes = pass->frame_bytes;
	uint32_t m_IngressParser_parser_tmp = 0;
	uint32_t m_IngressParser_parser_tmp_0 = 0;
	uint32_t m_IngressParser_parser_tmp_1 = 0;
	uint32_t m_IngressParser_parser_tmp_2 = 0;
	uint32_t m_IngressParser_parser_tmp_3 = 0;
	uint32_t m_IngressParser_parser_tmp_4 = 0;
	uint32_t m_IngressParser_parser_tmp_5 = 0;
	uint32_t m_IngressParser_parser_tmp_6 = 0;
	uint32_t m_IngressParser_parser_tmp_7 = 0;
	uint32_t m_IngressParser_parser_tmp_8 = 0;
	uint32_t m_IngressParser_parser_tmp_9 = 0;
	uint32_t m_IngressParser_parser_tmp_10 = 0;
	uint32_t m_IngressParser_parser_tmp_11 = 0;
	uint32_t m_IngressParser_parser_tmp_12 = 0;
	uint32_t m_IngressParser_parser_tmp_13 = 0;
	uint16_t m_IngressParser_parser_tmp_14 = 0;
	uint16_t m_IngressParser_parser_tmp_15 = 0;
	uint16_t m_IngressParser_parser_tmp_16 = 0;
	uint16_t m_IngressParser_parser_tmp_17 = 0;
	uint16_t m_IngressParser_parser_tmp_18 = 0;
	uint16_t m_IngressParser_parser_tmp_19 = 0;
	uint16_t m_IngressParser_parser_tmp_20 = 0;
	uint16_t m_IngressParser_parser_tmp_21 = 0;
	uint16_t m_IngressParser_parser_tmp_22 = 0;
	uint16_t m_IngressParser_parser_tmp_23 = 0;
	uint16_t m_IngressParser_parser_tmp_24 = 0;
	uint32_t m_IngressParser_parser_tmp_27 = 0;
	uint16_t m_IngressParser_parser_tmp_28 = 0;
	uint16_t m_IngressParser_parser_tmp_29 = 0;
	uint32_t m_IngressParser_parser_tmp_32 = 0;
	uint16_t m_IngressParser_parser_tmp_33 = 0;
	uint16_t m_IngressParser_parser_tmp_34 = 0;
	uint32_t m_IngressParser_parser_tmp_37 = 0;
	uint16_t m_IngressParser_parser_tmp_38 = 0;
	uint16_t m_IngressParser_parser_tmp_39 = 0;
	uint8_t m_IngressParser_parser_tmp_40 = 0;
	uint8_t m_IngressParser_parser_tmp_41 = 0;
	uint8_t m_IngressParser_parser_tmp_42 = 0;
	uint8_t m_IngressParser_parser_tmp_43 = 0;
	uint32_t m_IngressParser_parser_tmp_46 = 0;
	uint16_t m_IngressParser_parser_tmp_47 = 0;
	uint16_t m_IngressParser_parser_tmp_48 = 0;
	uint32_t m_IngressParser_parser_tmp_52 = 0;
	uint32_t m_IngressParser_parser_tmp_53 = 0;
	uint32_t m_IngressParser_parser_tmp_54 = 0;
	uint8_t m_IngressParser_parser_tmp_55 = 0;
	uint32_t m_IngressParser_parser_tmp_56 = 0;
	uint16_t m_Ingress_tmp = 0;
	uint16_t m_Ingress_tmp_1 = 0;
	uint16_t m_Ingress_tmp_2 = 0;
	uint16_t m_Ingress_tmp_3 = 0;
	uint16_t m_Ingress_tmp_4 = 0;
	uint16_t m_Ingress_tmp_6 = 0;
	uint16_t m_Ingress_tmp_8 = 0;
	uint8_t m_Ingress_tmp_9 = 0;
	uint8_t m_Ingress_tmp_10 = 0;
	uint16_t m_Ingress_tmp_13 = 0;
	uint16_t m_Ingress_tmp_14 = 0;
	uint16_t m_Ingress_tmp_16 = 0;
	uint8_t m_Ingress_tmp_17 = 0;
	uint8_t m_Ingress_tmp_18 = 0;
	uint16_t m_Ingress_tmp_21 = 0;
	uint16_t m_Ingress_tmp_22 = 0;
	uint32_t m_Ingress_tmp_23 = 0;
	uint32_t m_Ingress_tmp_25 = 0;
	uint32_t m_IngressParser_parser_tmp_52_extract_tmp = 0;
	uint32_t m_varbit_extract_tmp = 0;
	uint32_t m_IngressParser_parser_tmp_53_extract_tmp = 0;
	uint32_t m_varbit_extract_tmp_0 = 0;
	uint32_t m_IngressParser_parser_tmp_54_extract_tmp = 0;
	uint32_t m_varbit_extract_tmp_1 = 0;
	uint8_t m_tmpMask = 0;
	uint32_t m_IngressParser_parser_tmp_56_extract_tmp = 0;
	bool has_packet_in = false;
	uint16_t h_packet_in_ingress_port = 0;
	uint16_t h_packet_in_interface = 0;
	uint8_t h_packet_in_reason = 0;
	bool has_packet_out = false;
	bool has_ethernet = false;
	uint32_t at_ethernet = 0;
	uint64_t h_ethernet_dst = 0;
	uint64_t h_ethernet_src = 0;
	uint16_t h_ethernet_ether_type = 0;
	bool has_vlan = false;
	uint32_t at_vlan = 0;
	uint16_t h_vlan_priority_drop_eligible_vlan_id = 0;
	uint16_t h_vlan_ether_type = 0;
	bool has_ipv4 = false;
	uint32_t at_ipv4 = 0;
	uint8_t h_ipv4_version_ihl = 0;
	uint8_t h_ipv4_dscp_ecn = 0;
	uint16_t h_ipv4_total_length = 0;
	uint16_t h_ipv4_identification = 0;
	uint16_t h_ipv4_flags_fragment_offset = 0;
	uint8_t h_ipv4_ttl = 0;
	uint8_t h_ipv4_protocol = 0;
	uint16_t h_ipv4_checksum = 0;
	uint32_t h_ipv4_src = 0;
	uint32_t h_ipv4_dst = 0;
	bool has_ipv4_options = false;
	uint32_t at_ipv4_options = 0;
	uint32_t varying_ipv4_options = 0;
	bool has_ipv6 = false;
	uint32_t at_ipv6 = 0;
	uint32_t h_ipv6_version_dscp_ecn_flow_label = 0;
	uint16_t h_ipv6_payload_length = 0;
	uint8_t h_ipv6_next_header = 0;
	uint8_t h_ipv6_hop_limit = 0;
	unsigned __int128 h_ipv6_src = 0;
	unsigned __int128 h_ipv6_dst = 0;
	bool has_extension_1 = false;
	uint32_t at_extension_1 = 0;
	uint32_t varying_extension_1 = 0;
	uint8_t h_extension_1_next_header = 0;
	uint8_t h_extension_1_length = 0;
	bool has_extension_2 = false;
	uint32_t at_extension_2 = 0;
	uint32_t varying_extension_2 = 0;
	uint8_t h_extension_2_next_header = 0;
	uint8_t h_extension_2_length = 0;
	bool has_extension_3 = false;
	uint32_t at_extension_3 = 0;
	uint32_t varying_extension_3 = 0;
	uint8_t h_extension_3_next_header = 0;
	uint8_t h_extension_3_length = 0;
	bool has_ports = false;
	uint32_t at_ports = 0;
	uint16_t h_ports_src = 0;
	uint16_t h_ports_dst = 0;
	bool has_ah = false;
	uint32_t at_ah = 0;
	uint8_t h_ah_next_header = 0;
	uint8_t h_ah_length = 0;
	uint16_t h_ah_reserved = 0;
	bool has_spi = false;
	uint32_t at_spi = 0;
	uint32_t h_spi_spi = 0;
	bool has_icmp = false;
	uint32_t at_icmp = 0;
	uint8_t h_icmp_type = 0;
	uint8_t h_icmp_code = 0;
	bool has_rsvp = false;
	uint32_t at_rsvp = 0;
	uint8_t h_rsvp_version_flags = 0;
	uint8_t h_rsvp_type = 0;
	uint32_t h_IngressParser_parser_lookahea0_f = 0;
	uint32_t h_IngressParser_parser_lookahea1_f = 0;
	uint32_t h_IngressParser_parser_lookahea2_f = 0;
	uint32_t h_IngressParser_parser_lookahea3_f = 0;
	uint32_t h_IngressParser_parser_lookahea4_f = 0;
	uint32_t h_IngressParser_parser_lookahea5_f = 0;
	uint16_t h_IngressParser_parser_lookahea6_f = 0;
	uint16_t h_IngressParser_parser_lookahea7_f = 0;
	uint16_t h_IngressParser_parser_lookahea8_f = 0;
	uint16_t h_IngressParser_parser_lookahea9_f = 0;
	uint16_t h_IngressParser_parser_lookahe10_f = 0;
	uint16_t h_IngressParser_parser_lookahe11_f = 0;
	uint16_t h_IngressParser_parser_lookahe12_f = 0;

	m_psa_ingress_output_metadata_drop = (uint8_t)(0x1u);
	has_packet_in = false;
	has_packet_out = false;
	has_ethernet = false;
	has_vlan = false;
	has_ipv4 = false;
	has_ipv4_options = false;
	has_ipv6 = false;
	has_extension_1 = false;
	has_extension_2 = false;
	has_extension_3 = false;
	has_ports = false;
	has_ah = false;
	has_spi = false;
	has_icmp = false;
	has_rsvp = false;
	if (m_local_metadata_out_port != 0x1FDu)
		goto PARSELEAVING_START_1;
	goto PARSELEAVING_START_0;
PARSELEAVING_START_1:
	if (m_local_metadata_copies != 0x1u)
		goto PARSELEAVING_START_2;
	goto PARSELEAVING_LEAVINGPARSER_REPLICA;
PARSELEAVING_START_2:
	if (m_local_metadata_copies != 0x2u)
		goto PARSELEAVING_START_0;
	goto PARSELEAVING_LEAVINGPARSER_REPLICA;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_REPLICA:
	has_packet_in = false;
	has_packet_out = false;
	has_ethernet = false;
	has_vlan = false;
	has_ipv4 = false;
	has_ipv4_options = false;
	has_ipv6 = false;
	has_extension_1 = false;
	has_extension_2 = false;
	has_extension_3 = false;
	has_ports = false;
	has_ah = false;
	has_spi = false;
	has_icmp = false;
	has_rsvp = false;
	if (left_bytes < 14u)
		return PASS_DAMAGED;
	has_ethernet = true;
	at_ethernet = at;
	h_ethernet_dst = load_48(frame + at + 0);
	h_ethernet_src = load_48(frame + at + 6);
	h_ethernet_ether_type = load_16(frame + at + 12);
	at += 14u;
	left_bytes -= 14u;
	front_bytes += 14u;
	m_local_metadata_ether_type = (uint16_t)(h_ethernet_ether_type);
	if (h_ethernet_ether_type == 0x800u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_IPV4;
	if (h_ethernet_ether_type == 0x86DDu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_IPV6;
	if (h_ethernet_ether_type == 0x8100u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_VLAN;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_VLAN:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_vlan = true;
	at_vlan = at;
	h_vlan_priority_drop_eligible_vlan_id = load_16(frame + at + 0);
	h_vlan_ether_type = load_16(frame + at + 2);
	at += 4u;
	left_bytes -= 4u;
	front_bytes += 4u;
	m_IngressParser_parser_tmp_47 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_IngressParser_parser_tmp_47 = (uint16_t)(m_IngressParser_parser_tmp_47 & 0xFFFu);
	m_IngressParser_parser_tmp_48 = (uint16_t)(m_IngressParser_parser_tmp_47);
	m_IngressParser_parser_tmp_48 = (uint16_t)(m_IngressParser_parser_tmp_48 & 0xFFFu);
	m_local_metadata_vlan_id = (uint16_t)(m_IngressParser_parser_tmp_48);
	m_local_metadata_ether_type = (uint16_t)(h_vlan_ether_type);
	if (h_vlan_ether_type == 0x800u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_IPV4;
	if (h_vlan_ether_type == 0x86DDu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_IPV6;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_IPV6:
	if (left_bytes < 40u)
		return PASS_DAMAGED;
	has_ipv6 = true;
	at_ipv6 = at;
	h_ipv6_version_dscp_ecn_flow_label = load_32(frame + at + 0);
	h_ipv6_payload_length = load_16(frame + at + 4);
	h_ipv6_next_header = load_8(frame + at + 6);
	h_ipv6_hop_limit = load_8(frame + at + 7);
	h_ipv6_src = load_128(frame + at + 8);
	h_ipv6_dst = load_128(frame + at + 24);
	at += 40u;
	left_bytes -= 40u;
	m_local_metadata_protocol = (uint8_t)(h_ipv6_next_header);
	m_local_metadata_ip_bytes = (uint16_t)(h_ipv6_payload_length);
	m_local_metadata_ip_bytes = (uint16_t)(m_local_metadata_ip_bytes + 0x28u);
	m_local_metadata_hops_left = (uint8_t)(h_ipv6_hop_limit);
	if (h_ipv6_next_header == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION;
	if (h_ipv6_next_header == 0x2Bu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION;
	if (h_ipv6_next_header == 0x2Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION;
	if (h_ipv6_next_header == 0x3Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION:
	has_extension_1 = false;
	if (m_local_metadata_protocol == 0x2Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_FR13;
	if (m_local_metadata_protocol == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_HO14;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ME15;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_HO14:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea3_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_8 = (uint32_t)(h_IngressParser_parser_lookahea3_f);
	m_IngressParser_parser_tmp_8 = (uint32_t)(m_IngressParser_parser_tmp_8 & 0xFFFFu);
	m_IngressParser_parser_tmp_9 = (uint32_t)(m_IngressParser_parser_tmp_8);
	m_IngressParser_parser_tmp_9 = (uint32_t)(m_IngressParser_parser_tmp_9 & 0xFFFFu);
	m_local_metadata_first_option = (uint16_t)(m_IngressParser_parser_tmp_9);
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ME15:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea6_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_14 = (uint16_t)(h_IngressParser_parser_lookahea6_f);
	m_IngressParser_parser_tmp_14 = (uint16_t)(m_IngressParser_parser_tmp_14 >> 0x3u);
	m_IngressParser_parser_tmp_15 = (uint16_t)(m_IngressParser_parser_tmp_14);
	m_IngressParser_parser_tmp_15 = (uint16_t)(m_IngressParser_parser_tmp_15 & 0x1Fu);
	m_IngressParser_parser_tmp_16 = (uint16_t)(m_IngressParser_parser_tmp_15);
	m_IngressParser_parser_tmp_16 = (uint16_t)(m_IngressParser_parser_tmp_16 & 0x1Fu);
	if (m_IngressParser_parser_tmp_16 == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_SI16;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_SI16:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea9_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_23 = (uint16_t)(h_IngressParser_parser_lookahea9_f);
	m_IngressParser_parser_tmp_23 = (uint16_t)(m_IngressParser_parser_tmp_23 & 0x7u);
	m_IngressParser_parser_tmp_24 = (uint16_t)(m_IngressParser_parser_tmp_23);
	m_IngressParser_parser_tmp_24 = (uint16_t)(m_IngressParser_parser_tmp_24 & 0x7u);
	m_IngressParser_parser_tmp_27 = (uint32_t)(m_IngressParser_parser_tmp_24);
	m_IngressParser_parser_tmp_27 = (uint32_t)(m_IngressParser_parser_tmp_27 << 0x6u);
	m_IngressParser_parser_tmp_52 = (uint32_t)(m_IngressParser_parser_tmp_27);
	m_IngressParser_parser_tmp_52 = (uint32_t)(m_IngressParser_parser_tmp_52 + 0x30u);
	m_IngressParser_parser_tmp_52_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_52);
	m_IngressParser_parser_tmp_52_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_52_extract_tmp >> 0x3u);
	varying_extension_1 = m_IngressParser_parser_tmp_52_extract_tmp;
	if (varying_extension_1 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_1)
		return PASS_DAMAGED;
	has_extension_1 = true;
	at_extension_1 = at;
	h_extension_1_next_header = load_8(frame + at + 0);
	h_extension_1_length = load_8(frame + at + 1);
	at += 2u + varying_extension_1;
	left_bytes -= 2u + varying_extension_1;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_STEP;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_FR13:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea0_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp = (uint32_t)(h_IngressParser_parser_lookahea0_f);
	m_IngressParser_parser_tmp = (uint32_t)(m_IngressParser_parser_tmp >> 0x3u);
	m_IngressParser_parser_tmp_0 = (uint32_t)(m_IngressParser_parser_tmp);
	m_IngressParser_parser_tmp_0 = (uint32_t)(m_IngressParser_parser_tmp_0 & 0x1FFFu);
	m_IngressParser_parser_tmp_1 = (uint32_t)(m_IngressParser_parser_tmp_0);
	m_IngressParser_parser_tmp_1 = (uint32_t)(m_IngressParser_parser_tmp_1 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_1);
	m_varbit_extract_tmp = (uint32_t)(0x30u);
	m_varbit_extract_tmp = (uint32_t)(m_varbit_extract_tmp >> 0x3u);
	varying_extension_1 = m_varbit_extract_tmp;
	if (varying_extension_1 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_1)
		return PASS_DAMAGED;
	has_extension_1 = true;
	at_extension_1 = at;
	h_extension_1_next_header = load_8(frame + at + 0);
	h_extension_1_length = load_8(frame + at + 1);
	at += 2u + varying_extension_1;
	left_bytes -= 2u + varying_extension_1;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_STEP:
	m_local_metadata_protocol = (uint8_t)(h_extension_1_next_header);
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_0:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_5;
	if (m_local_metadata_protocol != 0x2Bu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_5;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_1;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_5:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_6;
	if (m_local_metadata_protocol != 0x2Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_6;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_1;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_6:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
	if (m_local_metadata_protocol != 0x3Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_1;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_1:
	has_extension_2 = false;
	if (m_local_metadata_protocol == 0x2Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_FR17;
	if (m_local_metadata_protocol == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_HO18;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ME19;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_HO18:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea4_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_10 = (uint32_t)(h_IngressParser_parser_lookahea4_f);
	m_IngressParser_parser_tmp_10 = (uint32_t)(m_IngressParser_parser_tmp_10 & 0xFFFFu);
	m_IngressParser_parser_tmp_11 = (uint32_t)(m_IngressParser_parser_tmp_10);
	m_IngressParser_parser_tmp_11 = (uint32_t)(m_IngressParser_parser_tmp_11 & 0xFFFFu);
	m_local_metadata_first_option = (uint16_t)(m_IngressParser_parser_tmp_11);
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ME19:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea7_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_17 = (uint16_t)(h_IngressParser_parser_lookahea7_f);
	m_IngressParser_parser_tmp_17 = (uint16_t)(m_IngressParser_parser_tmp_17 >> 0x3u);
	m_IngressParser_parser_tmp_18 = (uint16_t)(m_IngressParser_parser_tmp_17);
	m_IngressParser_parser_tmp_18 = (uint16_t)(m_IngressParser_parser_tmp_18 & 0x1Fu);
	m_IngressParser_parser_tmp_19 = (uint16_t)(m_IngressParser_parser_tmp_18);
	m_IngressParser_parser_tmp_19 = (uint16_t)(m_IngressParser_parser_tmp_19 & 0x1Fu);
	if (m_IngressParser_parser_tmp_19 == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_SI20;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_2;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_SI20:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahe10_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_28 = (uint16_t)(h_IngressParser_parser_lookahe10_f);
	m_IngressParser_parser_tmp_28 = (uint16_t)(m_IngressParser_parser_tmp_28 & 0x7u);
	m_IngressParser_parser_tmp_29 = (uint16_t)(m_IngressParser_parser_tmp_28);
	m_IngressParser_parser_tmp_29 = (uint16_t)(m_IngressParser_parser_tmp_29 & 0x7u);
	m_IngressParser_parser_tmp_32 = (uint32_t)(m_IngressParser_parser_tmp_29);
	m_IngressParser_parser_tmp_32 = (uint32_t)(m_IngressParser_parser_tmp_32 << 0x6u);
	m_IngressParser_parser_tmp_53 = (uint32_t)(m_IngressParser_parser_tmp_32);
	m_IngressParser_parser_tmp_53 = (uint32_t)(m_IngressParser_parser_tmp_53 + 0x30u);
	m_IngressParser_parser_tmp_53_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_53);
	m_IngressParser_parser_tmp_53_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_53_extract_tmp >> 0x3u);
	varying_extension_2 = m_IngressParser_parser_tmp_53_extract_tmp;
	if (varying_extension_2 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_2)
		return PASS_DAMAGED;
	has_extension_2 = true;
	at_extension_2 = at;
	h_extension_2_next_header = load_8(frame + at + 0);
	h_extension_2_length = load_8(frame + at + 1);
	at += 2u + varying_extension_2;
	left_bytes -= 2u + varying_extension_2;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ST21;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_FR17:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea1_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_2 = (uint32_t)(h_IngressParser_parser_lookahea1_f);
	m_IngressParser_parser_tmp_2 = (uint32_t)(m_IngressParser_parser_tmp_2 >> 0x3u);
	m_IngressParser_parser_tmp_3 = (uint32_t)(m_IngressParser_parser_tmp_2);
	m_IngressParser_parser_tmp_3 = (uint32_t)(m_IngressParser_parser_tmp_3 & 0x1FFFu);
	m_IngressParser_parser_tmp_4 = (uint32_t)(m_IngressParser_parser_tmp_3);
	m_IngressParser_parser_tmp_4 = (uint32_t)(m_IngressParser_parser_tmp_4 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_4);
	m_varbit_extract_tmp_0 = (uint32_t)(0x30u);
	m_varbit_extract_tmp_0 = (uint32_t)(m_varbit_extract_tmp_0 >> 0x3u);
	varying_extension_2 = m_varbit_extract_tmp_0;
	if (varying_extension_2 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_2)
		return PASS_DAMAGED;
	has_extension_2 = true;
	at_extension_2 = at;
	h_extension_2_next_header = load_8(frame + at + 0);
	h_extension_2_length = load_8(frame + at + 1);
	at += 2u + varying_extension_2;
	left_bytes -= 2u + varying_extension_2;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ST21:
	m_local_metadata_protocol = (uint8_t)(h_extension_2_next_header);
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_2:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_8;
	if (m_local_metadata_protocol != 0x2Bu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_8;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_3;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_8:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_9;
	if (m_local_metadata_protocol != 0x2Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_9;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_3;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_9:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
	if (m_local_metadata_protocol != 0x3Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_3;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSION_3:
	has_extension_3 = false;
	if (m_local_metadata_protocol == 0x2Cu)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_FR22;
	if (m_local_metadata_protocol == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_HO23;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ME24;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_HO23:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea5_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_12 = (uint32_t)(h_IngressParser_parser_lookahea5_f);
	m_IngressParser_parser_tmp_12 = (uint32_t)(m_IngressParser_parser_tmp_12 & 0xFFFFu);
	m_IngressParser_parser_tmp_13 = (uint32_t)(m_IngressParser_parser_tmp_12);
	m_IngressParser_parser_tmp_13 = (uint32_t)(m_IngressParser_parser_tmp_13 & 0xFFFFu);
	m_local_metadata_first_option = (uint16_t)(m_IngressParser_parser_tmp_13);
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ME24:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea8_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_20 = (uint16_t)(h_IngressParser_parser_lookahea8_f);
	m_IngressParser_parser_tmp_20 = (uint16_t)(m_IngressParser_parser_tmp_20 >> 0x3u);
	m_IngressParser_parser_tmp_21 = (uint16_t)(m_IngressParser_parser_tmp_20);
	m_IngressParser_parser_tmp_21 = (uint16_t)(m_IngressParser_parser_tmp_21 & 0x1Fu);
	m_IngressParser_parser_tmp_22 = (uint16_t)(m_IngressParser_parser_tmp_21);
	m_IngressParser_parser_tmp_22 = (uint16_t)(m_IngressParser_parser_tmp_22 & 0x1Fu);
	if (m_IngressParser_parser_tmp_22 == 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_SI25;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_SI25:
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahe11_f = load_16(frame + at + 0);
	m_IngressParser_parser_tmp_33 = (uint16_t)(h_IngressParser_parser_lookahe11_f);
	m_IngressParser_parser_tmp_33 = (uint16_t)(m_IngressParser_parser_tmp_33 & 0x7u);
	m_IngressParser_parser_tmp_34 = (uint16_t)(m_IngressParser_parser_tmp_33);
	m_IngressParser_parser_tmp_34 = (uint16_t)(m_IngressParser_parser_tmp_34 & 0x7u);
	m_IngressParser_parser_tmp_37 = (uint32_t)(m_IngressParser_parser_tmp_34);
	m_IngressParser_parser_tmp_37 = (uint32_t)(m_IngressParser_parser_tmp_37 << 0x6u);
	m_IngressParser_parser_tmp_54 = (uint32_t)(m_IngressParser_parser_tmp_37);
	m_IngressParser_parser_tmp_54 = (uint32_t)(m_IngressParser_parser_tmp_54 + 0x30u);
	m_IngressParser_parser_tmp_54_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_54);
	m_IngressParser_parser_tmp_54_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_54_extract_tmp >> 0x3u);
	varying_extension_3 = m_IngressParser_parser_tmp_54_extract_tmp;
	if (varying_extension_3 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_3)
		return PASS_DAMAGED;
	has_extension_3 = true;
	at_extension_3 = at;
	h_extension_3_next_header = load_8(frame + at + 0);
	h_extension_3_length = load_8(frame + at + 1);
	at += 2u + varying_extension_3;
	left_bytes -= 2u + varying_extension_3;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ST26;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_FR22:
	if (left_bytes < 4)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahea2_f = load_32(frame + at + 0);
	m_IngressParser_parser_tmp_5 = (uint32_t)(h_IngressParser_parser_lookahea2_f);
	m_IngressParser_parser_tmp_5 = (uint32_t)(m_IngressParser_parser_tmp_5 >> 0x3u);
	m_IngressParser_parser_tmp_6 = (uint32_t)(m_IngressParser_parser_tmp_5);
	m_IngressParser_parser_tmp_6 = (uint32_t)(m_IngressParser_parser_tmp_6 & 0x1FFFu);
	m_IngressParser_parser_tmp_7 = (uint32_t)(m_IngressParser_parser_tmp_6);
	m_IngressParser_parser_tmp_7 = (uint32_t)(m_IngressParser_parser_tmp_7 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_7);
	m_varbit_extract_tmp_1 = (uint32_t)(0x30u);
	m_varbit_extract_tmp_1 = (uint32_t)(m_varbit_extract_tmp_1 >> 0x3u);
	varying_extension_3 = m_varbit_extract_tmp_1;
	if (varying_extension_3 > 62u)
		return PASS_DAMAGED;
	if (left_bytes < 2u + varying_extension_3)
		return PASS_DAMAGED;
	has_extension_3 = true;
	at_extension_3 = at;
	h_extension_3_next_header = load_8(frame + at + 0);
	h_extension_3_length = load_8(frame + at + 1);
	at += 2u + varying_extension_3;
	left_bytes -= 2u + varying_extension_3;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_EXTENSIONPARSER_ST26:
	m_local_metadata_protocol = (uint8_t)(h_extension_3_next_header);
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_IPV4:
	if (left_bytes < 20u)
		return PASS_DAMAGED;
	has_ipv4 = true;
	at_ipv4 = at;
	h_ipv4_version_ihl = load_8(frame + at + 0);
	h_ipv4_dscp_ecn = load_8(frame + at + 1);
	h_ipv4_total_length = load_16(frame + at + 2);
	h_ipv4_identification = load_16(frame + at + 4);
	h_ipv4_flags_fragment_offset = load_16(frame + at + 6);
	h_ipv4_ttl = load_8(frame + at + 8);
	h_ipv4_protocol = load_8(frame + at + 9);
	h_ipv4_checksum = load_16(frame + at + 10);
	h_ipv4_src = load_32(frame + at + 12);
	h_ipv4_dst = load_32(frame + at + 16);
	at += 20u;
	left_bytes -= 20u;
	m_local_metadata_protocol = (uint8_t)(h_ipv4_protocol);
	m_IngressParser_parser_tmp_38 = (uint16_t)(h_ipv4_flags_fragment_offset);
	m_IngressParser_parser_tmp_38 = (uint16_t)(m_IngressParser_parser_tmp_38 & 0x1FFFu);
	m_IngressParser_parser_tmp_39 = (uint16_t)(m_IngressParser_parser_tmp_38);
	m_IngressParser_parser_tmp_39 = (uint16_t)(m_IngressParser_parser_tmp_39 & 0x1FFFu);
	m_local_metadata_fragment_offset = (uint16_t)(m_IngressParser_parser_tmp_39);
	m_local_metadata_ip_bytes = (uint16_t)(h_ipv4_total_length);
	m_local_metadata_hops_left = (uint8_t)(h_ipv4_ttl);
	m_IngressParser_parser_tmp_40 = (uint8_t)(h_ipv4_version_ihl);
	m_IngressParser_parser_tmp_40 = (uint8_t)(m_IngressParser_parser_tmp_40 & 0xFu);
	m_IngressParser_parser_tmp_41 = (uint8_t)(m_IngressParser_parser_tmp_40);
	m_IngressParser_parser_tmp_41 = (uint8_t)(m_IngressParser_parser_tmp_41 & 0xFu);
	m_IngressParser_parser_tmp_55 = (uint8_t)(m_IngressParser_parser_tmp_41);
	if (m_IngressParser_parser_tmp_55 == 0x5u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT;
	m_tmpMask = (uint8_t)(m_IngressParser_parser_tmp_55);
	m_tmpMask = (uint8_t)(m_tmpMask & 0xCu);
	if (m_tmpMask == 0x0u)
		goto PARSELEAVING_START_0;
	if (m_IngressParser_parser_tmp_55 == 0x4u)
		goto PARSELEAVING_START_0;
	if (left_bytes < 2)
		return PASS_DAMAGED;
	h_IngressParser_parser_lookahe12_f = load_16(frame + at + 0);
	m_local_metadata_first_option = (uint16_t)(h_IngressParser_parser_lookahe12_f);
	m_IngressParser_parser_tmp_42 = (uint8_t)(h_ipv4_version_ihl);
	m_IngressParser_parser_tmp_42 = (uint8_t)(m_IngressParser_parser_tmp_42 & 0xFu);
	m_IngressParser_parser_tmp_43 = (uint8_t)(m_IngressParser_parser_tmp_42);
	m_IngressParser_parser_tmp_43 = (uint8_t)(m_IngressParser_parser_tmp_43 & 0xFu);
	m_IngressParser_parser_tmp_46 = (uint32_t)(m_IngressParser_parser_tmp_43);
	m_IngressParser_parser_tmp_46 = (uint32_t)(m_IngressParser_parser_tmp_46 + 0xFFFFFFFBu);
	m_IngressParser_parser_tmp_56 = (uint32_t)(m_IngressParser_parser_tmp_46);
	m_IngressParser_parser_tmp_56 = (uint32_t)(m_IngressParser_parser_tmp_56 << 0x5u);
	m_IngressParser_parser_tmp_56_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_56);
	m_IngressParser_parser_tmp_56_extract_tmp = (uint32_t)(m_IngressParser_parser_tmp_56_extract_tmp >> 0x3u);
	varying_ipv4_options = m_IngressParser_parser_tmp_56_extract_tmp;
	if (varying_ipv4_options > 40u)
		return PASS_DAMAGED;
	if (left_bytes < 0u + varying_ipv4_options)
		return PASS_DAMAGED;
	has_ipv4_options = true;
	at_ipv4_options = at;
	at += 0u + varying_ipv4_options;
	left_bytes -= 0u + varying_ipv4_options;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_0;
	if (m_local_metadata_protocol != 0x11u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_0;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_PORTS;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_0:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_1;
	if (m_local_metadata_protocol != 0x6u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_1;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_PORTS;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_1:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_2;
	if (m_local_metadata_protocol != 0x84u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_2;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_PORTS;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_2:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_3;
	if (m_local_metadata_protocol != 0x21u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_3;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_PORTS;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_3:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_4;
	if (m_local_metadata_protocol != 0x88u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_4;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_PORTS;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_4:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_5;
	if (m_local_metadata_protocol != 0x32u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_5;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_SPI;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_5:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_6;
	if (m_local_metadata_protocol != 0x33u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_6;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_AH;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_6:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_7;
	if (m_local_metadata_protocol != 0x1u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_7;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_ICMP;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_7:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_8;
	if (m_local_metadata_protocol != 0x3Au)
		goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_8;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_ICMP;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_TRANSPORT_8:
	if (m_local_metadata_fragment_offset != 0x0u)
		goto PARSELEAVING_START_0;
	if (m_local_metadata_protocol != 0x2Eu)
		goto PARSELEAVING_START_0;
	goto PARSELEAVING_LEAVINGPARSER_PACKETPARSER_RSVP;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_RSVP:
	if (left_bytes < 2u)
		return PASS_DAMAGED;
	has_rsvp = true;
	at_rsvp = at;
	h_rsvp_version_flags = load_8(frame + at + 0);
	h_rsvp_type = load_8(frame + at + 1);
	at += 2u;
	left_bytes -= 2u;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_PORTS:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_ports = true;
	at_ports = at;
	h_ports_src = load_16(frame + at + 0);
	h_ports_dst = load_16(frame + at + 2);
	at += 4u;
	left_bytes -= 4u;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_ICMP:
	if (left_bytes < 2u)
		return PASS_DAMAGED;
	has_icmp = true;
	at_icmp = at;
	h_icmp_type = load_8(frame + at + 0);
	h_icmp_code = load_8(frame + at + 1);
	at += 2u;
	left_bytes -= 2u;
	goto PARSELEAVING_START_0;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_AH:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_ah = true;
	at_ah = at;
	h_ah_next_header = load_8(frame + at + 0);
	h_ah_length = load_8(frame + at + 1);
	h_ah_reserved = load_16(frame + at + 2);
	at += 4u;
	left_bytes -= 4u;
PARSELEAVING_LEAVINGPARSER_PACKETPARSER_SPI:
	if (left_bytes < 4u)
		return PASS_DAMAGED;
	has_spi = true;
	at_spi = at;
	h_spi_spi = load_32(frame + at + 0);
	at += 4u;
	left_bytes -= 4u;
PARSELEAVING_START_0:
	if (m_local_metadata_copies == 0x1u)
		goto LABEL_TRUE;
	if (m_local_metadata_copies == 0x2u)
		goto LABEL_TRUE;
	goto LABEL_END;
LABEL_TRUE:
	if (m_local_metadata_out_interface != m_local_metadata_in_interface)
		goto LABEL_FALSE_0;
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0x10u);
	goto LABEL_END;
LABEL_FALSE_0:
	if (m_local_metadata_out_port == 0x1FDu)
		goto LABEL_END;
	{
		const struct row *row = table_find(&program->tables[TABLE_REPLICA_INTERFACES], (const uint64_t[]){((uint64_t)(m_local_metadata_out_interface) << 48)}, 1);
	
		switch (row->action) {
		case 0:
			m_local_metadata_out_mac = ((uint64_t)((row->words[1] >> 16) & 0xffffffffffffu) & 0xffffffffffffu);
			m_local_metadata_out_vlan_id = (uint16_t)((row->words[1] >> 0) & 0xffffu);
			m_local_metadata_mtu_bytes = (uint16_t)((row->words[2] >> 48) & 0xffffu);
			break;
		case 1:
			m_local_metadata_fate = (uint8_t)(0x2u);
			m_local_metadata_drop_reason = (uint8_t)(0xBu);
			break;
		}
	}
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END_2;
	if (m_local_metadata_ip_bytes > m_local_metadata_mtu_bytes)
		goto LABEL_TRUE_3;
	goto LABEL_END_2;
LABEL_TRUE_3:
	m_local_metadata_fate = (uint8_t)(0x2u);
	m_local_metadata_drop_reason = (uint8_t)(0xDu);
LABEL_END_2:
	if (m_local_metadata_fate != 0x0u)
		goto LABEL_END;
	h_ethernet_src = ((uint64_t)(m_local_metadata_out_mac) & 0xffffffffffffu);
	if (m_local_metadata_copies != 0x0u)
		goto LABEL_END_5;
	h_ethernet_dst = ((uint64_t)(m_local_metadata_next_hop_mac) & 0xffffffffffffu);
LABEL_END_5:
	if (m_local_metadata_out_vlan_id == 0x0u)
		goto LABEL_FALSE_6;
	has_vlan = true;
	m_Ingress_tmp = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_Ingress_tmp = (uint16_t)(m_Ingress_tmp & 0x1FFFu);
	m_Ingress_tmp_1 = (uint16_t)(m_local_metadata_queue);
	m_Ingress_tmp_1 = (uint16_t)(m_Ingress_tmp_1 << 0xDu);
	m_Ingress_tmp_2 = (uint16_t)(m_Ingress_tmp_1);
	m_Ingress_tmp_2 = (uint16_t)(m_Ingress_tmp_2 & 0xE000u);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(m_Ingress_tmp);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id | m_Ingress_tmp_2);
	m_Ingress_tmp_3 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_Ingress_tmp_3 = (uint16_t)(m_Ingress_tmp_3 & 0xEFFFu);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(m_Ingress_tmp_3);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id | 0x0u);
	m_Ingress_tmp_4 = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id);
	m_Ingress_tmp_4 = (uint16_t)(m_Ingress_tmp_4 & 0xF000u);
	m_Ingress_tmp_6 = (uint16_t)(m_local_metadata_out_vlan_id);
	m_Ingress_tmp_6 = (uint16_t)(m_Ingress_tmp_6 & 0xFFFu);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(m_Ingress_tmp_4);
	h_vlan_priority_drop_eligible_vlan_id = (uint16_t)(h_vlan_priority_drop_eligible_vlan_id | m_Ingress_tmp_6);
	h_vlan_ether_type = (uint16_t)(m_local_metadata_ether_type);
	h_ethernet_ether_type = (uint16_t)(0x8100u);
	goto LABEL_END;
LABEL_FALSE_6:
	if (!has_vlan)
		goto LABEL_END;
	has_vlan = false;
	h_ethernet_ether_type = (uint16_t)(m_local_metadata_ether_type);
LABEL_END:
	if (m_local_metadata_fate != 0x2u)
		goto LABEL_FALSE_8;
	m_Ingress_tmp_8 = (uint16_t)(m_local_metadata_ingress_port);
	m_Ingress_tmp_8 = (uint16_t)(m_Ingress_tmp_8 << 0x5u);
	m_Ingress_tmp_8 = (uint16_t)(m_Ingress_tmp_8 & 0x3FFFu);
	m_Ingress_tmp_9 = (uint8_t)(m_local_metadata_drop_reason);
	m_Ingress_tmp_9 = (uint8_t)(m_Ingress_tmp_9 & 0x1Fu);
	m_Ingress_tmp_10 = (uint8_t)(m_Ingress_tmp_9);
	m_Ingress_tmp_10 = (uint8_t)(m_Ingress_tmp_10 & 0x1Fu);
	m_Ingress_tmp_13 = (uint16_t)(m_Ingress_tmp_10);
	m_Ingress_tmp_13 = (uint16_t)(m_Ingress_tmp_13 & 0x1Fu);
	m_Ingress_tmp_14 = (uint16_t)(m_Ingress_tmp_8);
	m_Ingress_tmp_14 = (uint16_t)(m_Ingress_tmp_14 | m_Ingress_tmp_13);
	m_Ingress_tmp_23 = (uint32_t)(m_Ingress_tmp_14);
	counter_add(state, COUNTER_REPLICA_DROPS, m_Ingress_tmp_23, m_local_metadata_frame_bytes);
	goto LABEL_END_8;
LABEL_FALSE_8:
	m_Ingress_tmp_16 = (uint16_t)(m_local_metadata_out_port);
	m_Ingress_tmp_16 = (uint16_t)(m_Ingress_tmp_16 << 0x2u);
	m_Ingress_tmp_16 = (uint16_t)(m_Ingress_tmp_16 & 0x7FFu);
	m_Ingress_tmp_17 = (uint8_t)(m_local_metadata_service_class);
	m_Ingress_tmp_17 = (uint8_t)(m_Ingress_tmp_17 & 0x3u);
	m_Ingress_tmp_18 = (uint8_t)(m_Ingress_tmp_17);
	m_Ingress_tmp_18 = (uint8_t)(m_Ingress_tmp_18 & 0x3u);
	m_Ingress_tmp_21 = (uint16_t)(m_Ingress_tmp_18);
	m_Ingress_tmp_21 = (uint16_t)(m_Ingress_tmp_21 & 0x3u);
	m_Ingress_tmp_22 = (uint16_t)(m_Ingress_tmp_16);
	m_Ingress_tmp_22 = (uint16_t)(m_Ingress_tmp_22 | m_Ingress_tmp_21);
	m_Ingress_tmp_25 = (uint32_t)(m_Ingress_tmp_22);
	counter_add(state, COUNTER_PORT_TRAFFIC, m_Ingress_tmp_25, m_local_metadata_frame_bytes);
LABEL_END_8:
	if (m_local_metadata_fate == 0x2u)
		goto LABEL_TRUE_9;
	m_psa_ingress_output_metadata_drop = (uint8_t)(0x0u);
	goto LABEL_END_9;
LABEL_TRUE_9:
	m_psa_ingress_output_metadata_drop = (uint8_t)(0x1u);
LABEL_END_9:
	m_psa_ingress_output_metadata_egress_port = (uint32_t)(m_local_metadata_out_port);
	if (m_psa_ingress_output_metadata_drop != 0x0u)
		goto LABEL_DROP;
	uint8_t *start = frame + front_bytes;
	if (has_vlan) {
		start -= 4;
		store_16(start + 0, h_vlan_priority_drop_eligible_vlan_id);
		store_16(start + 2, h_vlan_ether_type);
	}
	if (has_ethernet) {
		start -= 14;
		store_48(start + 0, h_ethernet_dst);
		store_48(start + 6, h_ethernet_src);
		store_16(start + 12, h_ethernet_ether_type);
	}
	if (has_packet_in) {
		start -= 5;
		store_16(start + 0, h_packet_in_ingress_port);
		store_16(start + 2, h_packet_in_interface);
		store_8(start + 4, h_packet_in_reason);
	}
	pass->length_bytes += (uint32_t)(frame - start);
	pass->frame = start;
	pass->in_interface = m_local_metadata_in_interface;
	pass->out_port = m_local_metadata_out_port;
	pass->copies = m_local_metadata_copies;
	pass->queue = m_local_metadata_queue;
	pass->service_class = m_local_metadata_service_class;
	pass->fate = m_local_metadata_fate;
	return PASS_FORWARDED;
LABEL_DROP:
	pass->in_interface = m_local_metadata_in_interface;
	pass->out_port = m_local_metadata_out_port;
	pass->copies = m_local_metadata_copies;
	pass->queue = m_local_metadata_queue;
	pass->service_class = m_local_metadata_service_class;
	pass->fate = m_local_metadata_fate;
	return PASS_DROPPED;
}
