from posts.subscriptions.admin import consents, lists, rules, subscribers

__all__ = ["consents", "lists", "rules", "subscribers"]
