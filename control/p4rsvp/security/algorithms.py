"""Keyed digests by name: HMAC (RFC 2104) over MD5, SHA-1 and SHA-2.

RFC 2747 6 demands HMAC-MD5; it stands here for that and for old neighbours. The others are what a
new key should name. Nothing here is kept or compared: see keys.py and guard.py.
"""

from __future__ import annotations

import hashlib
from enum import Enum

_INNER = bytes(byte ^ 0x36 for byte in range(256))  # RFC 2104 2: ipad
_OUTER = bytes(byte ^ 0x5C for byte in range(256))  # opad


class Algorithm(Enum):
    """The algorithms, by the names that key files use; the value is hashlib's name of the hash."""

    __hash__ = object.__hash__  # there is one of each; an Enum would hash its name
    HMAC_MD5 = "md5"
    HMAC_SHA_1 = "sha1"
    HMAC_SHA_256 = "sha256"
    HMAC_SHA_384 = "sha384"
    HMAC_SHA_512 = "sha512"

    @property
    def title(self) -> str:
        """As a key file has it: `hmac-sha-256`."""
        return self.name.lower().replace("_", "-")

    @property
    def digest_bytes(self) -> int:
        """How long its digests are; none is truncated (RFC 2747 2.1)."""
        return hashlib.new(self.value, usedforsecurity=False).digest_size


class Mac:
    """One algorithm under one secret.

    The two hashes of HMAC are begun once, and copied for each message: with OpenSSL's hashes that
    takes half the time of `hmac.digest`, which begins anew, and of `hmac.HMAC.copy`.
    """

    __slots__ = ("_inner", "_outer", "digest_bytes")

    def __init__(self, algorithm: Algorithm, secret: bytes) -> None:
        name = algorithm.value
        block_bytes = hashlib.new(name, usedforsecurity=False).block_size
        if len(secret) > block_bytes:  # RFC 2104 2: a longer key is hashed first
            secret = hashlib.new(name, secret).digest()
        padded = secret.ljust(block_bytes, b"\0")
        self._inner = hashlib.new(name, padded.translate(_INNER))
        self._outer = hashlib.new(name, padded.translate(_OUTER))
        self.digest_bytes = algorithm.digest_bytes

    def digest(self, data: bytes) -> bytes:
        """The digest of `data`."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()
