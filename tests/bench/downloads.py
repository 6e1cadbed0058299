"""What a table and a folder of all posts cost: seconds, bytes, and memory at its peak.

`python -m tests.bench.downloads 5000` makes a database of its own with so many posts.
"""

import os
import resource
import sys
import time
from collections.abc import Callable

import django

LIMIT = 150  # megabytes that a process may have grown by


def grown(work: Callable[[], int]) -> tuple[float, int, float]:
    """Return the seconds and bytes of some work, and the megabytes by which the process has grown at its peak."""
    before, begun = _peak(), time.perf_counter()
    size = work()
    return time.perf_counter() - begun, size, _peak() - before


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def take(kind: str) -> int:
    from django.test import Client

    response = Client(SERVER_NAME="127.0.0.1").get(f"/posts.{kind}")
    return sum(len(part) for part in response.streaming_content)


def run(number: int) -> int:
    from tests.bench.running import filled_database, say

    with filled_database(number):
        take("csv")  # what is imported and cached once counts for neither
        lines, is_within = [f"{number:,} posts"], True
        for kind in ("csv", "zip"):
            seconds, size, megabytes = grown(lambda kind=kind: take(kind))
            lines.append(f"posts.{kind}: {seconds:.1f} s, {size / 1e6:.1f} MB, the process grew by {megabytes:.0f} MB")
            is_within = is_within and megabytes <= LIMIT
        say("\n".join(lines))
    return 0 if is_within else 1


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    sys.exit(run(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
