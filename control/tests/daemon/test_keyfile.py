"""The file of keys: what may stand in it, who may read it, and what is never told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from p4rsvp.daemon.keyfile import read_keys
from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import read_router
from p4rsvp.security.algorithms import Algorithm
from p4rsvp.security.keys import Keys
from p4rsvp.wire.address import Address
from tests.daemon.files import SWITCH, interface, write

SECRET = "correct horse battery"  # noqa: S105 (of nobody)
KEY = f'[[key]]\nid = 7\nalgorithm = "hmac-sha-256"\nsecret = "{SECRET}"\n'


def key_file(directory: Path, text: str = KEY, mode: int = 0o600) -> Path:
    path = directory / "keys.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def keys_of(directory: Path, text: str = KEY) -> Keys:
    return read_keys(key_file(directory, text))


@pytest.mark.rfc("2747", "5.2")
def test_a_key_has_an_id_an_algorithm_a_secret_and_lifetimes(tmp_path: Path) -> None:
    more = (
        'interface = "2"\nneighbour = "10.0.2.2"\nsend_from = 2026-01-01T00:00:00Z\n'
        "send_until = 2026-02-01T00:00:00+01:00\naccept_until = 2026-03-01T00:00:00Z\n"
    )
    (key,) = keys_of(tmp_path, KEY + more).all
    assert (key.id, key.algorithm, key.interface) == (7, Algorithm.HMAC_SHA_256, "2")
    assert key.neighbour == Address.parse("10.0.2.2")
    assert key.sends.start_ns == key.accepts.start_ns == 1_767_225_600 * 10**9
    assert key.sends.end_ns == (1_767_225_600 + 31 * 86_400 - 3_600) * 10**9
    assert key.accepts.end_ns > key.sends.end_ns


def test_a_secret_may_be_text_or_hex(tmp_path: Path) -> None:
    (text,) = keys_of(tmp_path).all
    in_hex = KEY.replace(f'secret = "{SECRET}"', f'secret_hex = "{SECRET.encode().hex()}"')
    (other,) = keys_of(tmp_path, in_hex).all
    assert text.is_same_secret(other)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_file_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="chmod 600"):
        read_keys(key_file(tmp_path, mode=mode))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (KEY.replace("sha-256", "sha-3"), "key\\[1\\].algorithm = 'hmac-sha-3'"),
        (KEY.replace("id = 7", "id = -1"), "key\\[1\\].id = -1"),
        (KEY.replace("secret =", "sekret ="), "key\\[1\\].sekret: no such key"),
        (KEY + 'secret_hex = "00"\n', "either secret or secret_hex"),
        (KEY.replace(f'"{SECRET}"', '""'), "a secret has to be text, and not empty"),
        (KEY.replace(f'"{SECRET}"', "5"), "a secret has to be text, and not empty"),
        (KEY.replace("secret =", "secret_hex ="), "pairs of hex digits"),
        (KEY + KEY, "the id 7 is given to two"),
        (KEY + 'neighbour = "here"\n', "key\\[1\\].neighbour = 'here'"),
        (KEY + "send_from = 2026-01-01T00:00:00\n", "timezone"),
        (KEY + "accept_until = 2026-01-01T00:00:00Z\n", "accepted for as long as it is sent"),
        (KEY.replace("[[key]]", "[key]"), "has to be written as \\[\\[key\\]\\]"),
        (KEY + "secret", "not TOML"),
    ],
)
def test_a_mistake_is_told_without_the_secret(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        keys_of(tmp_path, text)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in str(error)
        error = error.__cause__


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        read_keys(tmp_path / "nowhere.toml")


@pytest.mark.rfc("2747", "4")
def test_what_is_required_to_be_signed_wants_keys(tmp_path: Path) -> None:
    path = write(tmp_path, SWITCH, interface(1, 'integrity = "required"'))
    with pytest.raises(ConfigError, match=r"integrity\.keys: missing"):
        read_router(path)


def test_keys_are_read_beside_the_configuration(tmp_path: Path) -> None:
    key_file(tmp_path)
    table = '[integrity]\nkeys = "keys.toml"\nmode = "accepted"\nwindow_messages = 8\n'
    router = read_router(write(tmp_path, SWITCH, table, interface(1, 'integrity = "off"')))
    assert [key.id for key in router.keys.all] == [7]
    assert router.integrity.of(1).value == "off"
    assert router.integrity.mode.value == "accepted"
    assert router.integrity.window_messages == 8
