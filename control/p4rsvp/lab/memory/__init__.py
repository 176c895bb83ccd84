"""Labs in one process: memory for links, for where nobody may make a network. For tests, mostly."""
