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
    return read_file(path, Settings)


def read_file(path: Path, model: type[TableT]) -> TableT:
    """The tables in a file, by a struct that names them; or ConfigError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        return convert(raw, model)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def convert(raw: Mapping[str, Any], model: type[TableT]) -> TableT:
    """Convert table by table; or ConfigError."""
    hints = get_type_hints(model, include_extras=True)
    for key in raw:
        if key not in hints:
            raise ConfigError(f"{key}: no such table; there are {', '.join(sorted(hints))}")
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(model):
        hint = hints[field.name]
        if field.name in raw:
            found[field.name] = _part(field.name, raw[field.name], hint)
        elif field.required:
            form = f"; {_form(field.name, hint)} has to be there" if _table_of(hint) else ""
            raise ConfigError(f"{field.name}: missing{form or ', and has to be there'}")
    return model(**found)


def _part(key: str, raw: object, hint: Any) -> object:  # noqa: ANN401 (a type, however written)
    """What stands under a key: a table, an array of tables, or a plain value."""
    table = _table_of(hint)
    if table is None:
        try:
            return msgspec.convert(raw, hint)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{key} = {raw!r}: {_lower(str(error))}") from error
    is_array = get_origin(hint) is tuple
    if not isinstance(raw, list if is_array else dict):
        raise ConfigError(f"{key} = {raw!r}: has to be written as {_form(key, hint)}")
    if isinstance(raw, list):
        return tuple(_table(f"{key}[{place}]", one, table) for place, one in enumerate(raw, 1))
    return _table(key, raw, table)


def _table_of(hint: Any) -> type[Table] | None:  # noqa: ANN401 (a type, however written)
    """The struct of a table or of an array of them; None: neither."""
    kind = get_args(hint)[0] if get_origin(hint) is tuple else hint
    return kind if isinstance(kind, type) and issubclass(kind, Table) else None


def _lower(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:]}"


def _form(key: str, hint: object) -> str:
    return f"[[{key}]]" if get_origin(hint) is tuple else f"[{key}]"


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
    return f"{key}{shown}: {_lower(said)}"


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
    """The keys of the table at a path, first those that have to be there."""
    for step in path.split(".") if path else ():
        hint = get_type_hints(table)[step.partition("[")[0]]
        table = next((one for one in get_args(hint) if isinstance(one, type)), hint)
    fields = sorted(msgspec.structs.fields(table), key=lambda field: not field.required)
    return tuple(field.encode_name for field in fields)
