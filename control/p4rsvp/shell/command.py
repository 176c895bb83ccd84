"""`p4rsvp shell`: open p4runtime-shell on a running switch, for a person or for a script."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import click

from p4rsvp.shell import environment

_INSIDE = Path(__file__).with_name("inside.py")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--grpc", default="127.0.0.1:9559", show_default=True, help="P4Runtime address.")
@click.option("--device-id", default=1, show_default=True, help="P4Runtime device id.")
@click.option(
    "--election-id",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="The highest may write; a daemon's is 10 unless configured otherwise, so this one reads.",
)
@click.option("--role", help="P4Runtime role; without it, all of the program.")
@click.option("--p4info", type=_FILE, help="P4Info (text) of a program to load first; with --json.")
@click.option("--json", "json_file", type=_FILE, help="Its bmv2 JSON.")
@click.option("--run", "script", type=_FILE, help="Run this Python file in place of the prompt.")
@click.option(
    "--tls-ca", type=_FILE, help="PEM: who signed the switch's certificate; turns TLS on."
)
@click.option("--tls-certificate", type=_FILE, help="PEM of this client, for mutual TLS.")
@click.option("--tls-key", type=_FILE, help="PEM.")
def shell(**options: Any) -> None:  # noqa: ANN401 (click's values)
    """Open p4runtime-shell on a running switch, with the program that it runs.

    p4runtime-shell lives in a Python environment of its own, which the first run makes (20 MB, a
    minute at most). At the prompt, `tables`, `meters` and `counters` list what the program has; a
    script (--run) has the same names.
    """
    _check(options)
    try:
        if not environment.interpreter().exists():
            click.echo(f"making {environment.folder()} (once)", err=True)
            environment.make()
    except environment.ShellError as error:
        raise click.ClickException(str(error)) from error
    command = [str(environment.interpreter()), str(_INSIDE), *_arguments(options)]
    # Nothing of this process may leak in there: PYTHONPATH would bring its protobuf along.
    inside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    raise SystemExit(subprocess.run(command, env=inside, check=False).returncode)  # noqa: S603


def _check(options: dict[str, Any]) -> None:
    for one, other in (("p4info", "json_file"), ("tls_certificate", "tls_key")):
        if (options[one] is None) != (options[other] is None):
            pair = f"--{one} and --{other.removesuffix('_file')}".replace("_", "-")
            raise click.UsageError(f"{pair} go together")
    if options["tls_certificate"] and not options["tls_ca"]:
        raise click.UsageError("--tls-certificate needs --tls-ca: who signed the switch's")


def _arguments(options: dict[str, Any]) -> list[str]:
    """The options as p4runtime-shell names them; `--run`, which it has not, comes first."""
    arguments = ["--run", str(options["script"])] if options["script"] else []
    arguments += ["--grpc-addr", options["grpc"], "--device-id", str(options["device_id"])]
    arguments += ["--election-id", f"0,{options['election_id']}"]
    if options["role"]:
        arguments += ["--role-name", options["role"]]
    if options["p4info"]:
        arguments += ["--config", f"{options['p4info']},{options['json_file']}"]
    if options["tls_ca"]:
        arguments += ["--ssl", "--cacert", str(options["tls_ca"])]
    if options["tls_certificate"]:
        arguments += ["--cert", str(options["tls_certificate"])]
        arguments += ["--private-key", str(options["tls_key"])]
    return arguments
