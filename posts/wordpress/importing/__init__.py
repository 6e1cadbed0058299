"""Bringing an old blog here: every item gets its turn once, in slices that are stored whole or not at all."""

from posts.wordpress.importing.working import TURN, Progress, work

__all__ = ["TURN", "Progress", "work"]
