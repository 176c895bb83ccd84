"""Read the configuration file. A mistake names file, key, value and what is allowed.

msgspec converts and bounds one table at a time, so that a table of an array can be named by its
place. What its sentences lack, the value and the keys that exist, is added here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from p4rsvp.daemon.settings import Settings, Table

TableT = TypeVar("TableT", bound=Table)

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<key>[^`]*)`")


class ConfigError(Exception):
    """The configuration cannot be used; the text says where and why."""


def read_settings(path: Path) -> Settings:
    """The settings in a file, or ConfigError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        return _settings(raw)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _settings(raw: Mapping[str, Any]) -> Settings:
    """Convert table by table."""
    hints = get_type_hints(Settings)
    for key in raw:
        if key not in hints:
            raise ConfigError(f"{key}: no such table; there are {', '.join(sorted(hints))}")
    found: dict[str, Any] = {}
    for key, hint in hints.items():
        is_array = get_origin(hint) is tuple
        if key not in raw:
            if key in {"switch", "interface"}:
                raise ConfigError(
                    f"{key}: missing; {_form(key, is_array=is_array)} has to be there"
                )
            continue
        if not isinstance(raw[key], list if is_array else dict):
            form = _form(key, is_array=is_array)
            raise ConfigError(f"{key} = {raw[key]!r}: has to be written as {form}")
        if is_array:
            table = get_args(hint)[0]
            found[key] = tuple(
                _table(f"{key}[{place}]", one, table) for place, one in enumerate(raw[key], 1)
            )
        else:
            found[key] = _table(key, raw[key], hint)
    return Settings(**found)


def _form(key: str, *, is_array: bool) -> str:
    return f"[[{key}]]" if is_array else f"[{key}]"


def _table(where: str, raw: object, table: type[TableT]) -> TableT:
    try:
        return msgspec.convert(raw, table)
    except msgspec.ValidationError as error:
        raise ConfigError(_sentence(where, raw, table, str(error))) from error


def _sentence(where: str, raw: object, table: type[Table], text: str) -> str:
    """What msgspec says, with the key, the value, and the keys that there are."""
    at = _PATH.search(text)
    path = at["path"] if at else ""
    said = text[: at.start()] if at else text
    unknown, missing = _UNKNOWN.search(said), _MISSING.search(said)
    if unknown:
        key = _join(where, path, unknown["key"])
        return f"{key}: no such key; there are {', '.join(_fields_at(table, path))}"
    if missing:
        return f"{_join(where, path, missing['key'])}: missing, and has to be there"
    key = _join(where, path)
    value = _value_at(raw, path)
    shown = "" if isinstance(value, dict) else f" = {value!r}"
    return f"{key}{shown}: {said[0].lower()}{said[1:]}"


def _join(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def _value_at(raw: object, path: str) -> object:
    """The value at a msgspec path, whose indices of arrays are not told: then the whole array."""
    for step in path.split(".") if path else ():
        name, bracket, _ = step.partition("[")
        raw = raw.get(name) if isinstance(raw, dict) else raw
        if bracket:
            break
    return raw


def _fields_at(table: type[Table], path: str) -> tuple[str, ...]:
    """The keys of the table at a path."""
    for step in path.split(".") if path else ():
        hint = get_type_hints(table)[step]
        table = next((one for one in get_args(hint) if isinstance(one, type)), hint)
    return tuple(table.__struct_fields__)
