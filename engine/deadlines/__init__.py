"""Clocks: when something is due, and how that came about. Working time itself lives in ``calendars``."""
