"""Brings exports over as the command does, and looks at what became of them."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from posts.wordpress import importing
from posts.wordpress.models import Outcome, Run
from tests.posts.wordpress.wxr import wxr


def bring(folder: Path, *items: str, head: tuple[str, ...] = (), name: str = "export.xml", **options: Any) -> Run:
    """Write an export of these items and bring it over; return the run as it ended."""
    path = folder / name
    path.write_bytes(wxr(*items, head=head))
    return bring_files(path, **options)


def bring_files(*paths: Path, **options: Any) -> Run:
    run = Run.objects.create(files=[path.name for path in paths], options=options_for(*paths, **options))
    importing.work(run.pk)
    run.refresh_from_db()
    return run


def options_for(*paths: Path, **options: Any) -> dict[str, Any]:
    return {"paths": [str(path) for path in paths], "fetch": False, **options}


def results(run: Run) -> dict[str, int]:
    return {result: number for result, number in run.summary().items() if number and result != "items"}


def outcome(run: Run, title: str) -> Outcome:
    return run.outcomes.get(title=title)


def codes(found: Outcome) -> set[str]:
    return {code for code, _ in found.reasons}


# What differs between two runs that end alike: when, and under which numbers.
MOMENTS = {
    "password", "state_since", "made_at", "history_date", "claimed_at", "nudged_at", "finished_at", "date_joined",
    "next_at", "retrieved_on", "once",
}  # fmt: skip
UNCOMPARED = {"wordpress.run", "wordpress.outcome", "posts.postentry"}
OURS = {"posts", "sources", "links", "comments", "wordpress", "auth", "flatpages", "redirects"}


def whole_site() -> dict[str, list[Any]]:
    """Return every row of every table of ours in words, ids put in the order in which rows were made."""
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in OURS]
    models = [m for m in models if m._meta.label_lower not in UNCOMPARED]
    places = {
        m: {pk: place for place, pk in enumerate(m._base_manager.order_by("pk").values_list("pk", flat=True))}
        for m in models
    }
    return {m._meta.label: sorted(map(str, _rows(m, places))) for m in models}


def _rows(model: type[Model], places: dict[Any, dict[Any, int]]) -> list[Any]:
    rows = []
    for row in model._base_manager.all():
        values = {}
        for field in model._meta.concrete_fields:
            value = getattr(row, field.attname)
            if field.name in MOMENTS or field.primary_key:
                continue
            if isinstance(field, ForeignKey) and field.related_model in places:
                value = places[field.related_model].get(value)
            if field.name == "row_id" and getattr(row, "model", ""):
                value = places[apps.get_model(row.model)].get(value)
            if field.name in ("created_at", "updated_at") and model._meta.label == "posts.Image":
                continue
            values[field.name] = value
        if "filed" in values:
            values["filed"].pop("category_ids", None)
        if model._meta.label == "posts.Tally":
            values.pop("related")
        if model._meta.label_lower == "posts.historicalpost":
            values.pop("id", None)
        rows.append(values)
    return rows
