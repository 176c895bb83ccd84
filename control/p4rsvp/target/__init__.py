"""The port to a data plane: what its tables take, and how a switch comes to hold it."""
