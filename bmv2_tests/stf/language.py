"""The "simple test framework" language of p4c's samples: tables, packets in, packets out.

    add TABLE [PRIORITY] KEY:VALUE ... ACTION(PARAM:VALUE, ...)
    setdefault TABLE ACTION(PARAM:VALUE, ...)
    packet PORT HEX          expect PORT [HEX with * for any digit, $ for the end]
    mc_mgrp_create GROUP     mc_node_create INSTANCE PORT ...    mc_node_associate GROUP NODE
    mirroring_add SESSION PORT     mirroring_add_mc SESSION GROUP
    register_write NAME INDEX VALUE

A number is hexadecimal (0x), binary (0b) or decimal; `*` stands for digits that do not matter, `/`
for a prefix length, `&&&` for a mask. What only prints (register_read, mirroring_get) is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_CALL = re.compile(r"^(?P<name>[^()\s]+)\((?P<args>.*)\)$")
_PRINTS = {"register_read", "mirroring_get", "meter_get_rates", "counter_read", "wait"}
_BITS_PER_DIGIT = {"0x": 4, "0b": 1, "0o": 3}


class Pattern(NamedTuple):
    """A number with digits that do not matter."""

    value: int
    mask: int | None = None
    prefix_bits: int | None = None


class Call(NamedTuple):
    """An action with named arguments."""

    name: str
    args: dict[str, int]


@dataclass(frozen=True)
class Command:
    """One line."""

    verb: str
    words: tuple[str, ...] = ()
    priority: int = 0
    match: tuple[tuple[str, Pattern], ...] = ()
    call: Call | None = None


def parse_number(text: str) -> int:
    """A number in any of the notations."""
    return int(text, 0)


def parse_pattern(text: str) -> Pattern:
    """A match value."""
    if "&&&" in text:
        value, mask = text.split("&&&")
        return Pattern(parse_number(value), parse_number(mask))
    if "/" in text:
        value, length = text.split("/")
        return Pattern(parse_number(value), prefix_bits=int(length))
    if "*" not in text:
        return Pattern(parse_number(text))
    bits = _BITS_PER_DIGIT[text[:2]]
    full = "1" * bits
    wanted = "".join("0" * bits if digit == "*" else full for digit in text[2:])
    return Pattern(parse_number(text.replace("*", "0")), int(wanted, 2))


def parse_call(text: str) -> Call:
    """ACTION(PARAM:VALUE, ...)."""
    found = _CALL.match(text)
    if found is None:
        raise ValueError(f"not an action: {text}")
    pairs = [part.split(":") for part in found["args"].split(",") if part.strip()]
    return Call(found["name"], {name.strip(): parse_number(value) for name, value in pairs})


def parse(text: str) -> list[Command]:
    """Every command that does something."""
    commands = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words and words[0].lower() not in _PRINTS:
            commands.append(_command(words[0].lower(), words[1:]))
    return commands


def _command(verb: str, words: list[str]) -> Command:
    if verb == "add":
        return _add(words)
    if verb == "setdefault":
        return Command(verb, (words[0],), call=parse_call(" ".join(words[1:])))
    if verb in {"packet", "expect"}:
        return Command(verb, (words[0], "".join(words[1:]).upper()))
    return Command(verb, tuple(words))


def _add(words: list[str]) -> Command:
    table, *rest = words
    priority = 0
    if ":" not in rest[0] and "(" not in rest[0]:
        priority = parse_number(rest.pop(0))
    begin = next(i for i, word in enumerate(rest) if "(" in word)
    call = parse_call(" ".join(rest[begin:]).split("=")[0].strip())
    match = []
    for word in rest[:begin]:
        name, value = word.rsplit(":", 1)
        match.append((re.sub(r"\$(\d+)", r"[\1]", name), parse_pattern(value)))
    return Command("add", (table,), priority, tuple(match), call)


def packet_matches(expected: str, data: bytes) -> bool:
    """Whether a packet is what `expect` says: `*` is any digit, without `$` it may be longer."""
    exact = expected.endswith("$")
    digits = expected.rstrip("$")
    got = data.hex().upper()
    if len(got) < len(digits) or (exact and len(got) > len(digits)):
        return False
    return all(want in {"*", have} for want, have in zip(digits, got, strict=False))
