"""How often one address may ask for something that costs much, on pages that are open to everybody.

The server puts the caller's own address in its place, so that no header decides who is counted. Counts live in the
cache: one that forgets lets a few more through, and nothing else depends on it.
"""

from django.core.cache import cache
from django.http import HttpRequest


def is_too_often(request: HttpRequest, *, what: str, limit: int, seconds: int) -> bool:
    """Counts this request; whether it is more than `limit` of its kind in as many seconds."""
    key = f"throttle:{what}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) > limit)
    except ValueError:  # it ran out between the two
        return False
