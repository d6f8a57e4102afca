"""What volunteers did: proposed, confirmed by somebody else, taken back.

What has to follow registers with `on_confirmed` and `on_reversed`.
"""

from volunteers.services.records.hooks import on_confirmed, on_reversed

__all__ = ["on_confirmed", "on_reversed"]
