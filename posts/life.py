"""The life of a post: its states, the acts that lead from one to the other, and why one may end. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    PUBLISHED = "published", "Published"  # from its date on: a date to come makes it scheduled
    WITHDRAWN = "withdrawn", "Withdrawn"
    REMOVED = "removed", "Taken down"
    TRASH = "trash", "In the trash"


# These have no address yet.
UNPUBLISHED = (State.DRAFT, State.REVIEW)


class Act(TextChoices):
    """What is done to a post and stands in its log. Past tense: so it reads there."""

    SUBMIT = "submit", "Submitted for review"
    PUBLISH = "publish", "Published"
    SCHEDULE = "schedule", "Scheduled"
    WITHDRAW = "withdraw", "Withdrawn"
    REDRAFT = "redraft", "Back to draft"
    TAKE_DOWN = "takedown", "Taken down"
    TRASH = "trash", "Moved to the trash"
    # These leave the state as it is.
    CORRECT = "correct", "Corrected"
    UPDATE = "update", "Changed after publication"
    HOLD = "hold", "Held back"
    RELEASE = "release", "No longer held back"
    HAND_OVER = "handover", "Handed over"
    RESTORE = "restore", "Restored from a revision"
    DELETE = "delete", "Deleted for good"
    PREVIEW = "preview", "Preview link made"
    REVOKE = "revoke", "Preview link ended"
    IMPORT = "import", "Imported"


class Reason(TextChoices):
    """Why a post ended, as its address says it: in words that endanger nobody."""

    ERROR = "error", _("it was wrong")
    SOURCE = "source", _("the source withdrew its report")
    PROTECTION = "protection", _("to protect people")
    LEGAL = "legal", _("for legal reasons")
    DUPLICATE = "duplicate", _("it repeated another post")
    OTHER = "other", _("the editors decided so")


D, R, P, W, X, T = State.DRAFT, State.REVIEW, State.PUBLISHED, State.WITHDRAWN, State.REMOVED, State.TRASH

# The one table: what each act makes of each state. What is not here cannot be done.
TRANSITIONS: dict[Act, dict[State, State]] = {
    Act.SUBMIT: {D: R},
    Act.PUBLISH: {D: P, R: P, P: P, W: P},
    Act.SCHEDULE: {D: P, R: P, P: P, W: P},
    Act.WITHDRAW: {P: W},
    Act.REDRAFT: {R: D, P: D, W: D, T: D},
    Act.TAKE_DOWN: {P: X, W: X},
    Act.TRASH: {D: T, R: T, P: T, W: T},
    Act.CORRECT: {P: P},
}
# Only from a moment to come may these begin: what readers have seen is withdrawn, with a reason.
WHILE_SCHEDULED = {(Act.SCHEDULE, P), (Act.REDRAFT, P)}

# Acts that show a post to readers, or take it from them.
PUBLIC_ACTS = frozenset({Act.PUBLISH, Act.SCHEDULE, Act.WITHDRAW, Act.TAKE_DOWN, Act.CORRECT})


# Said to whoever changed the text of a sensitive post last.
OTHER_EYES = "This post needs a second pair of eyes: another editor publishes it."
# Said to whoever would change its text where it goes to readers at once.
SEEN_BY_NOBODY_ELSE = (
    "This post needs a second pair of eyes, so nobody changes its text where it is on its way to readers. Withdraw "
    "it, or make it a draft again if it is only scheduled; then change it and submit it."
)


class ImpossibleError(ValueError):
    """Says in a sentence why an act cannot be done in this state."""


def target(act: Act, state: State, *, is_scheduled: bool = False) -> State:
    """Return the state to which this act leads. Raises ImpossibleError."""
    after = TRANSITIONS[act].get(state)
    if after is None:
        raise ImpossibleError(f"This post is {State(state).label.lower()}: “{act.label.lower()}” is not open to it.")
    if (act, state) in WHILE_SCHEDULED and not is_scheduled:
        raise ImpossibleError("Readers have seen this post: withdraw it, and say why.")
    return after
