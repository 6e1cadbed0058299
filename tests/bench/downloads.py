"""What a table and a folder of all posts cost: seconds, bytes, and how much memory while they are sent."""

import json
from collections.abc import Iterator

from django.db import connection

from tests.bench.apart import run_apart

LIMIT = 150  # megabytes that the process may grow by
NAMES = {"csv": "the table", "zip": "the folder"}

lines: list[str] = []


def ratios() -> Iterator[tuple[str, float]]:
    lines.clear()
    for kind, name in NAMES.items():
        seconds, size, kilobytes = json.loads(run_apart(_TAKE, str(connection.settings_dict["NAME"]), kind))
        megabytes = kilobytes / 1024
        lines.append(f"{name} of all posts: {seconds:.1f} s, {size / 1e6:.1f} MB, {megabytes:.0f} MB more memory")
        yield f"memory for {name} / {LIMIT} MB", megabytes / LIMIT


_TAKE = """
import json, os, resource, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
import django
django.setup()
from django.db import connection
from django.test import Client
connection.settings_dict["NAME"] = sys.argv[1]
reader = Client(headers={"host": "127.0.0.1:8000"})

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def take(address):
    return sum(map(len, reader.get(address).streaming_content))

take("/2013/03/posts." + sys.argv[2])  # what is imported and cached once does not count
before, begin = peak(), time.perf_counter()
size = take("/posts." + sys.argv[2])
print(json.dumps([time.perf_counter() - begin, size, peak() - before]))
"""
