"""Working time: calendars as data, and arithmetic with them. Clocks of cases live in ``deadlines``."""
