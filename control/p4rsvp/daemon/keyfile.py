"""The key file of INTEGRITY: TOML, for its owner's eyes only; read at the start and at SIGHUP.

Mistakes are told as those of the configuration are (reading.py), but no sentence ever holds a
secret: they are taken out before anything looks at the file.
"""

from __future__ import annotations

import os
import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from p4rsvp.daemon.reading import ConfigError, convert
from p4rsvp.daemon.settings import Table
from p4rsvp.security.algorithms import Algorithm, Mac
from p4rsvp.security.keys import FOREVER_NS, KEY_ID_BITS, Key, Keys, Lifetime
from p4rsvp.wire.address import Address

Moment = Annotated[datetime, Meta(tz=True)]
AlgorithmName = Literal["hmac-md5", "hmac-sha-1", "hmac-sha-256", "hmac-sha-384", "hmac-sha-512"]

_ALGORITHMS = {one.title: one for one in Algorithm}
_SECRETS = ("secret", "secret_hex")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class KeyTable(Table, frozen=True):
    """`[[key]]`; times want an offset, as in 2026-01-01T00:00:00Z."""

    id: Annotated[int, Meta(ge=0, lt=1 << KEY_ID_BITS)]
    algorithm: AlgorithmName
    secret: str = ""  # text, or
    secret_hex: str = ""  # bytes
    interface: str = ""  # its name or number; empty: every one
    neighbour: str = ""  # an address; empty: everybody there
    send_from: Moment | None = None
    send_until: Moment | None = None
    accept_from: Moment | None = None  # left out: as send_from
    accept_until: Moment | None = None


class _KeyFile(Table, frozen=True):
    key: tuple[KeyTable, ...]


def read_keys(path: Path) -> Keys:
    """The keys in a file, or ConfigError."""
    raw = _raw(path)
    hidden: list[object] = []
    try:
        tables = convert(_without_secrets(raw, hidden), _KeyFile).key
        keys = [_key(f"key[{place}]", table, hidden) for place, table in enumerate(tables, 1)]
        _check_distinct(keys)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None  # whose cause may hold what was hidden
    return Keys(keys)


def _raw(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(
                    f"{path}: has the mode {mode:04o}, and keys are for their owner only: "
                    f"chmod 600 {path}"
                )
            return tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # Its sentence names line and column, and may quote a character, but no more.
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _without_secrets(raw: Any, hidden: list[object]) -> Any:  # noqa: ANN401 (of TOML, any value)
    """The same with a number in the place of each secret: its place in `hidden`."""
    if isinstance(raw, list):
        return [_without_secrets(one, hidden) for one in raw]
    if not isinstance(raw, dict):
        return raw
    found = {}
    for name, value in raw.items():
        if name in _SECRETS:
            found[name] = str(len(hidden))
            hidden.append(value)
        else:
            found[name] = _without_secrets(value, hidden)
    return found


def _key(where: str, table: KeyTable, hidden: list[object]) -> Key:
    secret = _secret(where, table, hidden)
    algorithm = _ALGORITHMS[table.algorithm]
    sends = _lifetime(f"{where}.send", table.send_from, table.send_until)
    accepts = _lifetime(
        f"{where}.accept",
        table.accept_from or table.send_from,
        table.accept_until or table.send_until,
    )
    if accepts.start_ns > sends.start_ns or accepts.end_ns < sends.end_ns:
        raise ConfigError(f"{where}: has to be accepted for as long as it is sent with")
    return Key(
        table.id,
        algorithm,
        Mac(algorithm, secret),
        table.interface,
        _neighbour(where, table.neighbour),
        sends,
        accepts,
    )


def _secret(where: str, table: KeyTable, hidden: list[object]) -> bytes:
    if bool(table.secret) == bool(table.secret_hex):
        raise ConfigError(f"{where}: wants either secret or secret_hex")
    value = hidden[int(table.secret or table.secret_hex)]
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where}: a secret has to be text, and not empty")
    if table.secret:
        return value.encode()
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise ConfigError(f"{where}.secret_hex: has to be pairs of hex digits") from None


def _neighbour(where: str, text: str) -> Address | None:
    try:
        return Address.parse(text) if text else None
    except ValueError as error:
        raise ConfigError(f"{where}.neighbour = {text!r}: has to be an address: {error}") from error


def _lifetime(where: str, start: datetime | None, end: datetime | None) -> Lifetime:
    found = Lifetime(0 if start is None else _ns(start), FOREVER_NS if end is None else _ns(end))
    if found.start_ns >= found.end_ns:
        raise ConfigError(f"{where}_until: has to be later than {where}_from")
    return found


def _ns(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 1_000


def _check_distinct(keys: list[Key]) -> None:
    seen = set()
    for key in keys:
        scope = key.id, key.interface, key.neighbour
        if scope in seen:
            raise ConfigError(f"key: the id {key.id} is given to two for the same neighbour")
        seen.add(scope)
