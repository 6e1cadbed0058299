"""Deleting what much may hang on."""

from typing import Any

from django.db.models import CASCADE, PROTECT
from django.http import HttpRequest


class CountsWhatGoes:
    """For a ModelAdmin: before a deletion it says how much goes along, where Django would list every row."""

    opts: Any

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set[str], list]:
        """Return what is named, how much of each goes, which rights are missing (none), and what forbids it."""
        rows = list(objs)
        counts, protected = {str(self.opts.verbose_name_plural): len(rows)}, []
        for relation in self.opts.related_objects:
            number = _number(relation, rows)
            name = str(relation.related_model._meta.verbose_name_plural)
            if number and relation.on_delete is PROTECT:
                protected.append(f"{number:,} {name}")
            elif number and relation.on_delete is CASCADE:
                counts[name] = number
            elif number and relation.many_to_many:
                counts[f"{name} that lose it"] = number
        return [f"{self.opts.verbose_name}: {row}" for row in rows], counts, set(), protected


def _number(relation: Any, rows: list[Any]) -> int:
    return relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows}).count()
