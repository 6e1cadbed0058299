"""What nested apps add to ours, found by looking: a parent never imports its child.

A nested app that has something to say has a module or a template of a known name:

- `tidying.py`, `tidy(at)`: delete what has had its time (see the command `tidy`)
- `remarking.py`, `COLUMNS`, `remark(post, values)`: a word on each post of a listing ("3 comments"), from columns of
  its query
- `happening.py`, `happened(since)`: what other systems may be told of (see `Happening`), and if it has
  `is_still_to_be_told(kind, data)`, whether that still holds when it is sent
- `outlining.py`, `feeds()`: the names of its feeds and the addresses of what they are the feeds of
- `rerendering.py`, `MODELS`: whose texts `rerender` renders again
- `demo.py`, `fill()`: its share of the demo
- `making.py`, `make(number, seed)`: its share of `make_posts`
- `sitemaps.py`, `ADDRESSES`: its pages that the sitemap names
- a view marked with `shows_page`: where it answers, editors may write a page all the same; the view shows its text
- the template `<app>/_<place>.html`: something at a place of our pages (the tag `hook`)

And any installed app, nested or not, ours or not, may have its share of the first page of the desk:

- `panels.py`, `panels(request)`: yield what this person is to see there, each panel a dict of `title`, `order` (small
  ones stand first), `url` (where its title leads, or ""), `template`, and what that template reads of `panel`. Whether
  they may see it is asked before anything is read. Plain dicts and a known name, no registry to import: the mail
  ledger may know neither posts nor sources, and sources not posts, so there is no module that all could import.

Take the app out of INSTALLED_APPS, and all of it is gone.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.urls import Resolver404, resolve
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True)
class Happening:
    """Something that happened once, for other systems to know. What it tells holds nothing about a reader."""

    kind: str  # as "comment.held"
    key: str  # the same for the same happening, however often it is looked for
    at: dt.datetime
    data: dict[str, Any]  # as JSON takes it


def nested_apps() -> Iterator[str]:
    """Yield the names of the installed apps nested in this one, in the order of INSTALLED_APPS."""
    return (config.name for config in apps.get_app_configs() if config.name.startswith("posts."))


def nested_modules(name: str) -> tuple[ModuleType, ...]:
    """Return the modules of that name of the nested apps that have one."""
    return _modules(tuple(nested_apps()), name)


def modules_of_all_apps(name: str) -> tuple[ModuleType, ...]:
    """Return the modules of that name of the installed apps that have one, in the order of INSTALLED_APPS."""
    return _modules(tuple(config.name for config in apps.get_app_configs()), name)


@lru_cache
def _modules(app_names: tuple[str, ...], name: str) -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{app}.{name}") for app in app_names if module_has_submodule(import_module(app), name))


def shows_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that shows the text of the page which editors wrote for its address, if they did."""
    view.shows_page = True  # type: ignore[attr-defined]
    return view


def is_taken(address: str) -> bool:
    """Say whether the site itself answers at an address, so that no page of editors would be seen there."""
    try:
        view = resolve(address).func
    except Resolver404:
        return False
    return not getattr(view, "shows_page", False)
