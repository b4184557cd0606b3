"""The door of assessment: the months, what was counted in each, documents to take away, and publishing."""
