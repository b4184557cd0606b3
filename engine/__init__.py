"""The business of a city's closed loop. Nothing here knows of HTTP."""
