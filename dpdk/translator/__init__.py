"""Makes C of the specs that p4c-dpdk compiles: the pipelines of the switch on DPDK."""
