// How much of everything fits. A size is a promise to the controller, which admits against it.
//
// A main for a target with less memory defines its own numbers before it includes this file.

#ifndef RSVP_SIZES_P4
#define RSVP_SIZES_P4

#ifndef RSVP_SIZES_OF_TARGET
#define INTERFACES              4096
#define ROUTES                  16384   // of each address family
#define MULTICAST_SOURCES       4096    // (source, group) routes of each address family
#define NEXT_HOPS               16384
#define MULTICAST_LISTS         8192    // 4096 groups, two replication lists each: see replication.p4
#define FILTERS_IPV4            65536   // of each shape
#define FILTERS_IPV6            16384   // of each shape
#define RESERVATIONS            131072  // index 0 means none; the replication port takes some as well
#endif

// What follows from the fields that index them.
#define PORTS                   512
#define VERDICT_CELLS           16      // 4 service classes x 3 colours
#define RESERVATION_CELLS       524288  // RESERVATIONS x 4: see accounting.p4
#define PUNT_METER_CELLS        2048    // PORTS x 4: see packet_io.p4
#define REASON_CELLS            16384   // PORTS x 32
#define PORT_CLASS_CELLS        2048    // PORTS x 4

#endif
