"""Options that take a rate or a size as people write them (p4rsvp/host/rates.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from p4rsvp.host.rates import rate_bytes_per_s, size_bytes

_Reader = Callable[[str], float]


def _option(*names: str, read: _Reader, metavar: str, **more: Any) -> Callable[[Any], Any]:  # noqa: ANN401 (whatever click.option takes)
    def convert(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
        try:
            return None if value is None else read(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return click.option(*names, metavar=metavar, callback=convert, **more)


def rate_option(*names: str, **more: Any) -> Callable[[Any], Any]:  # noqa: ANN401 (as above)
    """An option whose value is a rate, in bytes per second once it is read."""
    return _option(*names, read=rate_bytes_per_s, metavar="RATE", **more)


def size_option(*names: str, **more: Any) -> Callable[[Any], Any]:  # noqa: ANN401 (as above)
    """An option whose value is a size in bytes."""
    return _option(*names, read=size_bytes, metavar="SIZE", **more)
