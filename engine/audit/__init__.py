"""The audit log: who changed the house, and when, appended and never altered. A case's history is its timeline."""
