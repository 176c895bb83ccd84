"""What a switch's ports are connected to: network interfaces, UDP cables, capture files, memory."""
