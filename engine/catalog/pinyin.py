"""Pinyin of names, so that a category is found by typing its initials."""

from engine.kit import pinyin


def initials(name: str) -> str:
    """First letters of each syllable, as many as the column holds: 污水井盖 gives "wsjg"."""
    return pinyin.initials(name)[:60]
