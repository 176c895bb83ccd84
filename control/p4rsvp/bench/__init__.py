"""The benchmarks behind `p4rsvp bench NAME`."""
