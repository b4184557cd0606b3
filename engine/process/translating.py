"""Conditions and timers written in other engines' dialects, translated to ours where that is safe."""


def translated(source: bytes | str) -> str:
    """The drawing with well-known dialects rewritten."""
    return source.decode() if isinstance(source, bytes) else source
