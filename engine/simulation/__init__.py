"""A fictional city and a pretended month in it, for demonstrations and tests. Nothing here runs in a real city."""
