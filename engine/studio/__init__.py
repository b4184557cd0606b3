"""What administrators do with drawings: drafts, comments, review, versions, migration of running cases, watching.

How a drawing runs lives in ``process``, what it means for a case in ``cases``; nobody below imports this room.
"""
