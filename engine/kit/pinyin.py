"""Pinyin of Chinese names, so that what is named is found by typing it."""

import os
from functools import lru_cache

# Its dictionaries are copied so that words could be added to them; we add none, and the copies take 5 MB.
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")


def letters(name: str) -> str:
    """Every syllable in full, other characters kept: 王芳 gives "wangfang"."""
    # The library's phrases take 45 MB: workers and long imports, which name nothing, do without them. They are needed
    # where they are used: a character is read differently in different words (泊位 bw, 停泊 tb; 调整 tz, 调查 dc).
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see above

    return "".join(lazy_pinyin(name)).lower()


@lru_cache(maxsize=8192)
def initials(name: str) -> str:
    """The first letter of each syllable, other characters kept: 污水井盖 gives "wsjg"."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - see ``letters``

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
