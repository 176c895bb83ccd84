"""The P4 program as typed values: what p4c's bmv2 JSON says, read once and checked."""
