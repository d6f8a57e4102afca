"""Sort keys for Chinese names."""

from pypinyin import lazy_pinyin

KEY_LENGTH = 200


def sort_key(name: str, length: int = KEY_LENGTH) -> str:
    """大码头街道 becomes "da ma tou jie dao": lists in the order of a telephone book."""
    return " ".join(lazy_pinyin(name)).lower()[:length]
