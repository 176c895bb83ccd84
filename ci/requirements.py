"""What pyproject.toml asks for, as lines that a shell script can use.

`asked` prints every requirement, so that a lock can tell whether it is still current; `lowest`
prints the lower bound of each as an exact version, which is what ci/lowest installs; `shell` prints
what the shell's own environment asks for, `image` what a container image does.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any


def asked(project: dict[str, Any]) -> list[str]:
    """List the Python versions, and what the package and its developers require."""
    return [
        f"python{project['project']['requires-python']}",
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
    ]


def lowest(project: dict[str, Any]) -> list[str]:
    """Hold each requirement to its lower bound."""
    _, *packages = asked(project)
    return [package.replace(">=", "==", 1) for package in packages]


def shell(project: dict[str, Any]) -> list[str]:
    """List the Python versions, and what the environment of `p4rsvp shell` requires."""
    return [
        f"python{project['project']['requires-python']}",
        *project["dependency-groups"]["shell"],
    ]


def image(project: dict[str, Any]) -> list[str]:
    """List the Python versions, and what building and running the package requires."""
    return [
        f"python{project['project']['requires-python']}",
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
    ]


if __name__ == "__main__":
    pyproject = tomllib.loads(Path("pyproject.toml").read_text())
    lists = {"asked": asked, "lowest": lowest, "shell": shell, "image": image}
    print("\n".join(lists[sys.argv[1]](pyproject)))
