"""Messages that other implementations signed verify with the keys that are known for them."""

import hmac

import pytest

from p4rsvp.wire.integrity import decode_integrity, signed_bytes, with_digest
from tests.captures import capture

HASHES = {"hmac-md5": "md5", "hmac-sha1": "sha1"}
INTEGRITY_START = 12  # behind the common header and the object's own


def vectors() -> list[dict[str, str]]:
    """The records of the vector file: `name=value` lines, a new record at each `alg`."""
    records: list[dict[str, str]] = []
    for line in capture("integrity-vectors.txt").read_text().splitlines():
        name, equals, value = line.partition("=")
        if line.startswith("#") or not equals:
            continue
        if name == "alg":
            records.append({})
        records[-1][name] = value
    return records


@pytest.mark.rfc("2747", "4.2")
@pytest.mark.parametrize("algorithm", list(HASHES))
def test_a_digest_that_a_real_router_computed_verifies(algorithm: str) -> None:
    (vector,) = [record for record in vectors() if record["alg"] == algorithm]
    digest = bytes.fromhex(vector["digest"])
    message = with_digest(bytes.fromhex(vector["message"]), digest)
    key = vector["key-ascii"].encode()
    assert hmac.digest(key, signed_bytes(message), HASHES[algorithm]) == digest


@pytest.mark.rfc("2747", "2.1")
@pytest.mark.parametrize(("algorithm", "sequence"), [("hmac-md5", 58), ("hmac-sha1", 1373)])
def test_a_real_integrity_object_is_read(algorithm: str, sequence: int) -> None:
    (vector,) = [record for record in vectors() if record["alg"] == algorithm]
    message = bytes.fromhex(vector["message"])
    size = int.from_bytes(message[8:10], "big")
    value = decode_integrity(message[INTEGRITY_START : 8 + size])
    assert value.key_id == 1
    assert value.sequence & 0xFFFFFFFF == sequence
    assert len(value.digest) == len(vector["digest"]) // 2
