"""The house stands as it was planned."""

import re
import subprocess
import sys
from pathlib import Path

import django
import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent


def test_django_is_the_version_that_was_chosen():
    assert django.VERSION[:2] == (6, 1)


def test_imports_point_the_way_they_should():
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.split():
        if name.startswith("requirements") or name.endswith((".toml", ".py", ".md", "Makefile")):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert "/".join(["pypi.org", "simple"]) not in text, name
            assert "--index-url" not in text or name == "tests/test_house.py", name


def test_tests_that_empty_all_tables_have_files_of_their_own():
    """They come last in every worker, file by file: the groups that the migrations made are gone after them."""
    marked = re.compile(r"^@pytest\.mark\.django_db\(transaction=True\)", re.MULTILINE)
    files = (ROOT / "tests").rglob("test_*.py")
    mixed = [str(path) for path in files if marked.search(path.read_text(encoding="utf-8"))]
    assert mixed == []
