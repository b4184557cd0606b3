"""Supervision (督办): the ladder that warns and escalates, orders that must be answered, and the supervisors' desk.

Clocks themselves live in ``deadlines``, what happens to a case in ``cases``; who is told, in ``notifications``.
"""
