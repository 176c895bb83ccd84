"""What one client can make the server hold. Each limit can be changed; none can be left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on messages, streams and what waits for a slow reader."""

    # 20.3.2: not below gRPC's own 4 MiB, and room for a program's JSON.
    message_bytes: int = 64 * 1024 * 1024
    streams: int = 128  # open at once, all roles together
    streams_per_role: int = 32
    concurrent_rpcs: int = 256
    # Packets, digests and idle notifications that wait for one stream; further ones are dropped.
    waiting_notifications: int = 4096
    entities_per_response: int = 1000
