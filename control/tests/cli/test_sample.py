from pathlib import Path

from click.testing import CliRunner

from p4rsvp.cli import main


def test_the_sample_capture_can_be_decoded(tmp_path: Path) -> None:
    file = tmp_path / "sample.pcap"
    made = CliRunner().invoke(main, ["sample-capture", str(file)])
    assert made.exit_code == 0
    assert made.stderr == f"{file}: 29 packets; see them with: p4rsvp decode {file}\n"
    shown = CliRunner().invoke(main, ["decode", str(file)])
    assert shown.exit_code == 0
    assert shown.stdout.endswith("; all in order\n")


def test_the_sample_capture_can_go_through_a_pipe() -> None:
    made = CliRunner().invoke(main, ["sample-capture", "-"])
    assert made.stdout_bytes.startswith(b"\x4d\x3c\xb2\xa1")
    shown = CliRunner().invoke(main, ["decode", "-"], input=made.stdout_bytes)
    assert shown.exit_code == 0
