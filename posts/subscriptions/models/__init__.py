from posts.subscriptions.models.announcement import Announcement
from posts.subscriptions.models.consent import Consent, Invited
from posts.subscriptions.models.rules import Block, Bounce, Day, Entry, Policy
from posts.subscriptions.models.subscriber import Frequency, Subscriber, Subscription

__all__ = [
    "Announcement", "Block", "Bounce", "Consent", "Day", "Entry", "Frequency", "Invited", "Policy", "Subscriber",
    "Subscription",
]  # fmt: skip
