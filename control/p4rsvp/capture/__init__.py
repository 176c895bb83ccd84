"""Capture files: from pcap and pcapng, in a file or a pipe, to the RSVP messages inside.

`files` opens a capture and yields its packets, `pcap` and `pcapng` know the two formats, `links`
and `ip` peel a frame down to RSVP, `sample` makes a capture to look at. Time comes from the file.

The formats are read here and not by scapy's RawPcapReader, which suits trusted files: it ends a cut
file as if it had ended well, reserves memory by the length that a block claims, stops at the first
damaged record and costs an eighth of a second to import. Here damage is reported with its place,
memory is bounded, and reading goes on behind the damage wherever the file allows.

Nothing is reassembled: a fragment is reported as one. Checksums of IP and UDP are not looked at.
"""
