"""The process studio: drawing the next version of a process, and what administrators do with drawings.

Its pages and its JSON only; what a draft is, who may change it and when, lives in ``engine.studio``.
"""
