"""What is asked in the address of a search, and the addresses that ask it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from posts.search.queries import MOST_CHARACTERS, tidy
from posts.search.searching import Order

ADDRESS = "/search/"


@dataclass(frozen=True)
class Asked:
    text: str
    within: str = ""  # filters: the tag from whose page somebody searches
    order: Order = "relevance"
    number: int = 1

    @classmethod
    def by(cls, request: HttpRequest) -> Asked:
        """Read the address, but for the number of a page: feeds and files have none."""
        return cls(
            tidy(request.GET.get("q", "")),
            tidy(request.GET.get("within", ""))[:MOST_CHARACTERS],
            "date" if request.GET.get("sort") == "date" else "relevance",
        )

    def but(self, **changed: object) -> Asked:
        """The same with something else; from the first page on, for others will be found."""
        return replace(self, **{"number": 1, **changed})  # type: ignore[arg-type]


def page_number(request: HttpRequest) -> int:
    """Return the page that is asked for, the first where none is named. Raises Http404 where there can be none."""
    value = request.GET.get("page") or "1"
    if not (value.isdecimal() and value.isascii() and len(value) < 10 and int(value)):
        raise Http404("There is no such page.")
    return int(value)


def search_query(asked: Asked) -> str:
    """Return what is asked as it stands behind the question mark of an address."""
    parts = {"q": asked.text, "within": asked.within, "sort": "date" if asked.order == "date" else ""}
    page = {"page": str(asked.number)} if asked.number > 1 else {}
    return urlencode({name: value for name, value in parts.items() if value or name == "q"} | page)


def search_url(asked: Asked) -> str:
    return f"{ADDRESS}?{search_query(asked)}"
