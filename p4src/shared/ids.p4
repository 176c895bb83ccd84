// The P4Runtime ids of everything that a controller can name.
//
// An id is a promise: once given it is never changed and never given to something else, so that a
// controller and a switch of different versions can still talk about what both know. The first byte
// is the kind (01 action, 02 table, 12 counter, 14 meter: p4info.proto, P4Ids.Prefix), the second
// byte the control that owns the object, the last two count up. control/tests/p4 holds them golden.

#ifndef RSVP_IDS_P4
#define RSVP_IDS_P4

// 01: arrival.p4
#define TABLE_INTERFACES                    0x02010001
#define ACTION_ADMIT                        0x01010001
#define ACTION_REFUSE                       0x01010002

// 02: routing.p4
#define TABLE_IPV4_ROUTES                   0x02020001
#define TABLE_IPV6_ROUTES                   0x02020002
#define TABLE_IPV4_MULTICAST_SOURCES        0x02020003
#define TABLE_IPV6_MULTICAST_SOURCES        0x02020004
#define TABLE_NEXT_HOPS                     0x02020005
#define ACTION_ROUTE                        0x01020001
#define ACTION_DELIVER                      0x01020002
#define ACTION_REPLICATE                    0x01020003
#define ACTION_DISCARD                      0x01020004
#define ACTION_NO_ROUTE                     0x01020005
#define ACTION_NO_SOURCE                    0x01020006
#define ACTION_REACH                        0x01020007
#define ACTION_RESOLVE                      0x01020008
#define ACTION_NO_NEXT_HOP                  0x01020009

// 03: departure.p4 and replication.p4
#define TABLE_OUTGOING_INTERFACES           0x02030001
#define TABLE_REPLICA_INTERFACES            0x02030002
#define ACTION_LEAVE                        0x01030001
#define ACTION_CLOSED                       0x01030002
#define ACTION_LEAVE_AS_REPLICA             0x01030003
#define ACTION_CLOSED_TO_REPLICAS           0x01030004

// 04: classifier.p4
#define TABLE_IPV4_FIVE_TUPLE               0x02040001
#define TABLE_IPV4_SPI                      0x02040002
#define TABLE_IPV4_NO_SOURCE_PORT           0x02040003
#define TABLE_IPV4_ANY_SOURCE               0x02040004
#define TABLE_IPV4_NO_PORTS                 0x02040005
#define TABLE_IPV4_ANY_SOURCE_NO_PORTS      0x02040006
#define TABLE_IPV6_FIVE_TUPLE               0x02040011
#define TABLE_IPV6_SPI                      0x02040012
#define TABLE_IPV6_NO_SOURCE_PORT           0x02040013
#define TABLE_IPV6_ANY_SOURCE               0x02040014
#define TABLE_IPV6_NO_PORTS                 0x02040015
#define TABLE_IPV6_ANY_SOURCE_NO_PORTS      0x02040016
#define TABLE_IPV6_FLOW_LABEL               0x02040017
#define ACTION_RESERVE                      0x01040001
#define ACTION_RESERVE_MARKED               0x01040002
#define ACTION_UNRESERVED                   0x01040003

// 05: policer.p4 and verdict.p4
#define METER_RESERVATIONS                  0x14050001
#define TABLE_VERDICTS                      0x02050001
#define ACTION_SEND                         0x01050001
#define ACTION_SEND_MARKED                  0x01050002
#define ACTION_DEMOTE                       0x01050003
#define ACTION_DEMOTE_MARKED                0x01050004
#define ACTION_DROP_EXCESS                  0x01050005

// 06: packet_io.p4
#define METER_PUNTS                         0x14060001

// 07: accounting.p4
#define COUNTER_RESERVATIONS                0x12070001
#define COUNTER_PUNTS                       0x12070002
#define COUNTER_DROPS                       0x12070003
#define COUNTER_REPLICA_DROPS               0x12070004
#define COUNTER_PORTS                       0x12070005

#endif
