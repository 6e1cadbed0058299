"""The first page of the desk."""

from operator import itemgetter
from typing import Any

from django import template
from django.template import Context

from posts.hooks import modules_of_all_apps

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_panels(context: Context) -> list[dict[str, Any]]:
    """Return the panels of all installed apps that this person is to see, in their order (see posts.hooks)."""
    # A module of that name in an app that is not ours may be about something else.
    ours = [module for module in modules_of_all_apps("panels") if hasattr(module, "panels")]
    return sorted((panel for module in ours for panel in module.panels(context["request"])), key=itemgetter("order"))


@register.filter
def posts_first(app_list: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what one comes for before the rest, which stays in the order of its names."""
    return sorted(app_list, key=lambda app: app["app_label"] != "posts")
