"""The API of a daemon for operators and their tools: gRPC, by a versioned proto."""
