"""What a P4Runtime server and the data planes behind it share, and no more.

`control.py` is the interface of a program in service and `device.py` that of the ports it runs on;
`entities.py` and `errors.py` are the words in which the two speak. The embedded switch and DPDK
implement it, `p4rt` calls it, and neither side imports the other.
"""
