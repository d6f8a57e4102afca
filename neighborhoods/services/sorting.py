"""Sort keys for Chinese names."""

from functools import lru_cache

KEY_LENGTH = 200


@lru_cache(maxsize=4096)
def sort_key(name: str, length: int = KEY_LENGTH) -> str:
    """大码头街道 becomes "da ma tou jie dao": lists in the order of a telephone book."""
    # half a second and many megabytes of dictionaries, which a process that names no area never needs
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see above

    return " ".join(lazy_pinyin(name)).lower()[:length]
