"""Cells that no spreadsheet takes for a formula (OWASP, CSV Injection). Pure."""

import re

_SIGNS = "=+\\-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"'*[{_SIGNS}]")
_GUARDED = re.compile(f"'+[{_SIGNS}]")


def guard(cell: str) -> str:
    """Return the cell with an apostrophe before what would be read as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Return what `guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


class Echo:
    """A file that hands back what is written to it: a writer of tables then yields its lines."""

    def write(self, line: str) -> str:
        return line
