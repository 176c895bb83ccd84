"""Labs in network namespaces: real interfaces, sockets and processes."""
