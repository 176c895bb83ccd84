"""The event recorder: all that a node is told, on disk, so that its run can be had again."""
