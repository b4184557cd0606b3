"""Departments, posts and users: who there is. What they may do lives in ``access``."""
