"""A process of its own, whose memory at its peak is its own.

On Linux a process that is started begins with the peak of the one that started it (`ru_maxrss`, getrusage(2)); the
shell between the two has hardly any.
"""

import subprocess
import sys

_SHELL = '"$@"; exit $?'  # a second command, for whose sake the shell stays


def run_apart(script: str, *words: str) -> str:
    """Run some Python with these words and return the last line that it printed."""
    command = ["sh", "-c", _SHELL, "sh", sys.executable, "-c", script, *words]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return answer.stdout.splitlines()[-1]
