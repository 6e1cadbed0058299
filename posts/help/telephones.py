"""Telephone numbers as people write them, and as a telephone dials them (ITU-T E.164). Pure."""

import re
import unicodedata

from django.core.exceptions import ValidationError

MOST_NUMBERS = 5
_SIGNS = re.compile(r"[0-9+()./ -]*")
_TRUNK = re.compile(r"\(0\)")  # the 0 of "+44 (0)20", which nobody dials after the country's code


def dialled(number: str) -> str:
    """Return what is dialled: digits, after a plus sign where the number has one."""
    plus = "+" if number.startswith("+") else ""
    return plus + re.sub(r"[^0-9]", "", _TRUNK.sub("", number) if plus else number)


def tidy_number(text: str) -> str:
    """Return a number as it is shown. Raises ValidationError, in a sentence, for what cannot be dialled abroad."""
    number = " ".join("".join(map(_plain, unicodedata.normalize("NFKC", text))).split())
    number = re.sub(r"^tel:\s*", "", number, flags=re.IGNORECASE)
    fault = _fault(number)
    if fault:
        raise ValidationError(f"“{text.strip()[:40]}”: {fault}")
    return number


def tidy_numbers(text: str) -> str:
    """Return numbers, one a line, each once. Raises ValidationError with a sentence for each that is none."""
    numbers: dict[str, str] = {}
    faults: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        try:
            number = tidy_number(line)
        except ValidationError as error:
            faults += error.messages
        else:
            numbers.setdefault(dialled(number), number)
    if len(numbers) > MOST_NUMBERS:
        faults.append(f"{len(numbers)} numbers are too many to choose from in need: give {MOST_NUMBERS} at the most.")
    if faults:
        raise ValidationError(faults)
    return "\n".join(numbers.values())


def _plain(sign: str) -> str:
    """Return digits of any script as ours, and dashes as a hyphen."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return "-" if unicodedata.category(sign) == "Pd" else sign


def _fault(number: str) -> str:
    digits = dialled(number).removeprefix("+")
    if not _SIGNS.fullmatch(number) or "+" in number[1:] or not digits:
        return "no telephone dials this. Write one number a line, and only the number: +44 20 7946 0000, or 112."
    if number.startswith("00"):
        return "write + in place of 00, which is dialled in some countries only."
    if number.startswith("+"):
        if digits.startswith("0"):
            return "after + comes the country’s code, which never begins with 0."
        return "" if 7 <= len(digits) <= 15 else "after + come 7 to 15 digits, the country’s code among them."
    if 2 <= len(digits) <= 6:
        return ""
    return (
        "begin with + and the country’s code, as in +44 20 7946 0000. Only short numbers, of 2 to 6 digits, have none."
    )
