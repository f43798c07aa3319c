"""Where the command ``simulate`` starts and ends: exit codes, and no traceback for anything that a user can cause.

0 done · 2 the command cannot be carried out as typed · 70 a mistake of the program · 130 Ctrl-C · 141 closed pipe ·
143 SIGTERM.
"""

import gc
import os
import sys
from collections.abc import Sequence

DONE, WRONG_USE, INTERNAL_ERROR, INTERRUPTED, CLOSED_PIPE, TERMINATED = 0, 2, 70, 130, 141, 143
RARELY = 300_000
"""Objects between two collections of garbage: importing makes many objects and no garbage, and looking for some would
take a tenth of the start."""
QUICKER = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""No matrix is multiplied here, so NumPy need not start threads for it; and Pydantic need not search every installed
package for plugins. Each is a twentieth of the start; whoever has set them keeps what they have set."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line and return the exit code."""
    for name, value in QUICKER.items():
        os.environ.setdefault(name, value)
    thresholds = gc.get_threshold()
    gc.set_threshold(RARELY, *thresholds[1:])
    try:
        return _guarded(list(sys.argv[1:] if argv is None else argv))
    finally:
        gc.set_threshold(*thresholds)


def _guarded(tokens: list[str]) -> int:
    from simulator.app.stopping import Terminated, terminated_like_ctrl_c

    try:
        with terminated_like_ctrl_c():
            return _executed(tokens)
    except Terminated:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from simulator.app.terminal import forget_stdout

        forget_stdout()  # whoever read our output has gone: nothing is left to say
        return CLOSED_PIPE


def _executed(tokens: list[str]) -> int:
    from simulator.app.packages import PackageError, check_packages
    from simulator.app.refusal import RefusalError

    try:
        check_packages()
        from simulator.app.command import execute

        code = execute(tokens)
        sys.stdout.flush()
        return code
    except (RefusalError, PackageError) as error:
        return _say(str(error), WRONG_USE)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _internal(error)


def _internal(error: Exception) -> int:
    from traceback import format_exception

    from simulator.app.simulation import InvariantError

    if isinstance(error, InvariantError):
        return _say(
            f"INTERNAL ERROR: this run contradicts itself, do not trust it: {error}. Please report it with the command",
            INTERNAL_ERROR,
        )
    sys.stderr.write("".join(format_exception(error)))
    return _say("INTERNAL ERROR: please report the lines above with the command", INTERNAL_ERROR)


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"simulate: {message}\n")
    return code
