"""Pinyin of names, so that a category is found by typing its initials."""

from functools import lru_cache

import pypinyin


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """First letters of each syllable, other characters kept: 污水井盖 → "wsjg"."""
    return "".join(pypinyin.lazy_pinyin(name, style=pypinyin.Style.FIRST_LETTER)).lower()[:60]
