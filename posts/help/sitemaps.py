"""What the sitemap names of this app (see posts.hooks)."""

from posts.help.models import ADDRESS

ADDRESSES = [ADDRESS]
