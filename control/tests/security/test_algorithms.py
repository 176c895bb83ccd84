"""Keyed digests are HMAC, and those that real routers computed verify."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.security.algorithms import Algorithm, Mac
from p4rsvp.security.keys import Key
from p4rsvp.security.signature import read_signature, verifies
from p4rsvp.wire.integrity import with_digest
from tests.wire.test_captures_integrity import vectors

NAMES = {"hmac-md5": Algorithm.HMAC_MD5, "hmac-sha1": Algorithm.HMAC_SHA_1}


@pytest.mark.rfc("2747", "6")
@given(st.sampled_from(Algorithm), st.binary(min_size=1, max_size=200), st.binary(max_size=300))
def test_a_digest_is_that_of_hmac(algorithm: Algorithm, secret: bytes, data: bytes) -> None:
    mac = Mac(algorithm, secret)
    assert mac.digest(data) == mac.digest(data) == hmac.digest(secret, data, algorithm.value)


def test_an_algorithm_is_named_as_key_files_name_it() -> None:
    assert Algorithm.HMAC_SHA_256.title == "hmac-sha-256"
    assert Algorithm.HMAC_SHA_512.digest_bytes == 64


@pytest.mark.rfc("2747", "4.2")
@pytest.mark.parametrize("name", list(NAMES))
def test_a_message_that_a_real_router_signed_verifies(name: str) -> None:
    (vector,) = [record for record in vectors() if record["alg"] == name]
    mac = Mac(NAMES[name], vector["key-ascii"].encode())
    key = Key(1, NAMES[name], mac)
    message = with_digest(bytes.fromhex(vector["message"]), bytes.fromhex(vector["digest"]))
    signature = read_signature(message)
    assert signature is not None
    assert signature.key_id == 1
    assert verifies(key, message, signature.end)
    assert not verifies(key, message[:-1] + b"\x01", signature.end)
