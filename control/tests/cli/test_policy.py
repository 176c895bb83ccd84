"""`p4rsvp policy explain`: which rule of a file decides, and why."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from p4rsvp.cli import main
from tests.daemon.files import SWITCH, interface, write

RULES = """
[policy]
default = "refuse"
[[policy.rule]]
name = "film"
action = "allow"
for = "reservation"
users = ["CN=*,O=Works"]
destinations = ["10.9.0.0/16"]
services = ["guaranteed"]
daily = [08:00:00, 18:00:00]
[[policy.rule]]
action = "refuse"
above_bits_per_s = 5e6
[[policy.rule]]
name = "small"
action = "allow"
"""


def explain(directory: Path, *arguments: str, rules: str = RULES) -> tuple[int, str]:
    path = write(directory, SWITCH, rules, interface(1))
    line = ["policy", "explain", "10.9.0.9:5004", "--config", str(path), *arguments]
    result = CliRunner().invoke(main, line)
    return result.exit_code, result.output


def test_it_names_the_rule_that_decides_and_why_others_do_not(tmp_path: Path) -> None:
    code, said = explain(tmp_path, "--user", "CN=Bob", "--service", "guaranteed", "--at", "09:00")
    assert code == 0
    assert said == (
        "film: passed over, for its users\n"
        "rule 2: passed over, for its above_bits_per_s\n"
        "small: allows\n"
    )


def test_what_is_refused_ends_with_1(tmp_path: Path) -> None:
    code, said = explain(tmp_path, "--rate", "6 Mbit/s", "--at", "19:00", "--source", "10.0.1.2")
    assert (code, said.splitlines()[-1]) == (1, "rule 2: refuses")


def test_it_tells_the_priority_that_a_rule_gives_and_who_is_asked(tmp_path: Path) -> None:
    rules = """
[policy]
preempts = true
[policy.decision_point]
url = "http://127.0.0.1:8181/v1/data/p4rsvp/decision"
[[policy.rule]]
name = "queen"
action = "allow"
signed = true
preemption_priority = 3
defending_priority = 4
[[policy.rule]]
name = "others"
action = "ask"
"""
    code, text = explain(tmp_path, "--signed", rules=rules)
    assert (code, text) == (
        0,
        "queen: allows, with preemption priority 3 and defending priority 4\n",
    )
    code, text = explain(tmp_path, rules=rules)
    assert (code, text) == (
        0,
        "queen: passed over, for its signed\nothers: asks the decision point\n",
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('url = "ftp://me:secret@there"', "it has to be http://HOST/PATH or https://HOST/PATH"),
        ('url = "http://me:secret@there/"', "it may not hold a name or a password"),
        ('url = "https://there/"\nca = "nowhere.pem"', "there is no such file"),
    ],
)
def test_a_mistake_about_a_decision_point_is_told(
    tmp_path: Path, table: str, sentence: str
) -> None:
    code, text = explain(tmp_path, rules=f"[policy.decision_point]\n{table}\n")
    assert code == 1
    assert sentence in text
    assert "secret" not in text


def test_somebody_who_is_to_be_asked_has_to_be_named(tmp_path: Path) -> None:
    code, text = explain(tmp_path, rules='[policy]\ndefault = "ask"\n')
    assert code == 1
    assert "policy.decision_point: missing" in text


def test_whom_no_rule_is_about_the_default_is(tmp_path: Path) -> None:
    rules = '[policy]\ndefault = "refuse"\n'
    assert explain(tmp_path, rules=rules) == (1, "default: refuses\n")


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ('action = "permit"', "action"),
        ('action = "allow"\nsources = ["10.0.0.1/8"]', "policy.rule[1].sources: '10.0.0.1/8'"),
        ('action = "allow"\npreemption_priority = 3', "policy.preempts = false, and the rule"),
        (
            'action = "allow"\npreemption_priority = 3\ndefending_priority = 2',
            "preemption_priority 3 is above defending_priority 2",
        ),
        ('action = "refuse"\ndefending_priority = 2', "a priority is for reservations"),
        ('action = "allow"\nuser = ["me"]', "user: no such key"),
    ],
)
def test_a_mistake_in_a_rule_is_told(tmp_path: Path, rule: str, sentence: str) -> None:
    code, said = explain(tmp_path, rules=f"[[policy.rule]]\n{rule}\n")
    assert code == 1
    assert sentence in said
