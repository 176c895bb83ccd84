"""Sentences of a scenario, read by forms such as "{host} reserves {request}".

A step or an expectation is a class with its forms; a form's places are the class's fields, each of
the kind that `KINDS` gives for its name. So a file reads as English, and what may be said is a
table. Names are checked against the network when a sentence is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.lab.hostile import KINDS as KINDS_OF_FLOODS
from p4rsvp.lab.script.notation import NotationError, Request, read_request

_NAME = r"[a-z][a-z0-9]*"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_NS = {"ms": 1e6, "s": 1e9}
_BITS_PER_S = {"bit/s": 1.0, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9}
_PLACE = re.compile(r"\{(\w+)\}")


# Each form, with the fields that it leaves no place for.
Forms: TypeAlias = Mapping[str, Mapping[str, Any]]

UPCALLS = {
    "Path": UpcallKind.PATH_EVENT,
    "Resv": UpcallKind.RESV_EVENT,
    "PathErr": UpcallKind.PATH_ERROR,
    "ResvErr": UpcallKind.RESV_ERROR,
    "ResvConf": UpcallKind.RESV_CONFIRM,
    "PathTear": UpcallKind.PATH_TEAR,
    "ResvTear": UpcallKind.RESV_TEAR,
}


class SentenceError(ValueError):
    """A sentence cannot be read; the text says why, and what there is."""


class Flows(NamedTuple):
    """One flow or several together, perhaps at one of their receivers only."""

    names: tuple[str, ...]
    receiver: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A step or an expectation, as it stands in the file."""

    text: str

    forms: ClassVar[Forms]


class Kind(NamedTuple):
    """What may stand in a place."""

    pattern: str
    read: Callable[[str], Any]


def _duration(text: str) -> int:
    number, unit = text.split()
    return round(float(number) * _NS[unit])


def _rate(text: str) -> float:
    number, unit = text.split()
    return float(number) * _BITS_PER_S[unit]


def _share(text: str) -> float:
    return float(text.removesuffix("%")) / 100


def _flows(text: str) -> Flows:
    names, _, receiver = text.partition(" at ")
    return Flows(tuple(re.split(r" and |, ", names)), receiver or None)


def _code(text: str) -> tuple[int, int | None]:
    code, _, value = text.partition("/")
    return int(code), int(value) if value else None


KINDS: Mapping[str, Kind] = {
    "host": Kind(_NAME, str),
    "router": Kind(_NAME, str),
    "node": Kind(_NAME, str),
    "link": Kind(f"{_NAME}-{_NAME}", str),
    "flow": Kind(_NAME, str),
    "flows": Kind(f"{_NAME}(?:(?:, | and ){_NAME})*(?: at {_NAME})?", _flows),
    "request": Kind(r"(?:WF|FF|SE) ?\(.*?\)(?= |$)", read_request),
    "upcall": Kind("|".join(UPCALLS), str),
    "code": Kind(r"[0-9]+(?:/[0-9]+)?", _code),
    "duration": Kind(rf"{_NUMBER} (?:ms|s)", _duration),
    "rate": Kind(rf"{_NUMBER} (?:[kMG]?bit/s)", _rate),
    "share": Kind(rf"{_NUMBER} ?%", _share),
    "count": Kind("[0-9]+", int),
    "hostile": Kind("|".join(KINDS_OF_FLOODS), str),
}


class Names(NamedTuple):
    """What a sentence may speak of."""

    host: Sequence[str]
    router: Sequence[str]
    link: Sequence[str]
    flow: Sequence[str]

    def check(self, place: str, value: object) -> None:
        """Refuse a name that nothing has."""
        if place == "node":
            self._among("host or router", str(value), [*self.host, *self.router])
        elif place in self._fields:
            self._among(place, str(value), getattr(self, place))
        for name in value.names if isinstance(value, Flows) else ():
            self._among("flow", name, self.flow)
        for name in value.senders if isinstance(value, Request) else ():
            self._among("flow", name, self.flow)

    def _among(self, what: str, name: str, known: Sequence[str]) -> None:
        if name not in known:
            raise SentenceError(f"there is no {what} {name!r}; there are {', '.join(known)}")


SentenceT = TypeVar("SentenceT", bound=Sentence)


class Grammar(Generic[SentenceT]):
    """All sentences of one sort."""

    def __init__(self, *classes: type[SentenceT]) -> None:
        self._forms = [
            (form, _compile(form), cls, fixed)
            for cls in classes
            for form, fixed in cls.forms.items()
        ]

    def read(self, text: str, names: Names) -> SentenceT:
        """The sentence that a text is; raises SentenceError."""
        for _, pattern, cls, fixed in self._forms:
            found = pattern.fullmatch(text)
            if found is not None:
                return cls(text=text, **_values(text, found, names), **fixed)
        raise SentenceError(f"{text!r} is none of these: {'; '.join(self.forms())}")

    def forms(self) -> list[str]:
        """All that can be said."""
        return [form for form, _, _, _ in self._forms]


def _compile(form: str) -> re.Pattern[str]:
    pieces = _PLACE.split(form)
    patterns = (
        f"(?P<{piece}>{KINDS[piece].pattern})" if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    )
    return re.compile("".join(patterns))


def _values(text: str, found: re.Match[str], names: Names) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for place, said in found.groupdict().items():
        try:
            values[place] = KINDS[place].read(said)
            names.check(place, values[place])
        except (NotationError, SentenceError) as error:
            raise SentenceError(f"{text!r}: {error}") from error
    return values
