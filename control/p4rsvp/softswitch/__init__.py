"""The embedded P4 switch: bmv2 JSON -> generated Python -> numba, with P4Runtime in front."""
