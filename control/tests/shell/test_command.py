"""`p4rsvp shell` before there is a switch: its options, and an environment that cannot be made."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from p4rsvp.shell import environment
from p4rsvp.shell.command import shell


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tls-certificate", __file__], "--tls-certificate and --tls-key go together"),
        (["--p4info", __file__], "--p4info and --json go together"),
        (
            ["--tls-certificate", __file__, "--tls-key", __file__],
            "--tls-certificate needs --tls-ca",
        ),
    ],
)
def test_options_that_make_no_sense_alone_are_refused(arguments: list[str], says: str) -> None:
    outcome = CliRunner().invoke(shell, arguments)
    assert outcome.exit_code == 2
    assert says in outcome.output


def test_without_a_package_index_it_says_so_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    outcome = CliRunner().invoke(shell, [])
    assert outcome.exit_code == 1
    assert "needs a package index" in outcome.output
    assert not environment.folder().exists()
    assert list((tmp_path / "p4rsvp").iterdir()) == []
