"""Labs: networks of hosts, switches and daemons on this machine, and scenarios that judge them."""
