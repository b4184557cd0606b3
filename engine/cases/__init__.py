"""The case: its life from report to closure. The file list is the list of what can happen to it."""
