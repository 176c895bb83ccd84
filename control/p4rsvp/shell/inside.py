"""What runs in the shell's environment: p4runtime-shell at its prompt, or a script with its names.

It imports nothing of p4rsvp, whose packages are not there. p4runtime-shell hands the names of its
prompt to IPython. What stands in IPython's place here gives them to a script, or to a prompt
without jedi: the version that p4runtime-shell asks for fails at every completion on Python 3.11 and
later, and the prompt completes the program's names without it.
"""

import runpy
import sys
import traceback
from typing import Any

from IPython import start_ipython
from p4runtime_sh import shell


def prompt(user_ns: dict[str, Any], config: Any, argv: list[str]) -> None:  # noqa: ANN401  # IPython's
    """Open the prompt."""
    config.Completer.use_jedi = False
    start_ipython(user_ns=user_ns, config=config, argv=argv)


class Script:
    """Runs a file; the shell closes its session when that has returned."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.status: int | str | None = 0

    def start(self, user_ns: dict[str, Any], **_settings: Any) -> None:  # noqa: ANN401
        """Run the script. What it raises is shown, and is the command's exit status."""
        try:
            runpy.run_path(self.path, init_globals=user_ns, run_name="__main__")
        except SystemExit as end:
            self.status = end.code
        except BaseException:  # noqa: BLE001  # the shell's threads would outlive whatever it is
            traceback.print_exc()
            self.status = 1


if __name__ == "__main__":
    script = None
    shell.start_ipython = prompt
    if sys.argv[1] == "--run":
        script = Script(sys.argv[2])
        shell.start_ipython = script.start
        del sys.argv[1:3]
    shell.main()
    sys.exit(script.status if script else 0)
