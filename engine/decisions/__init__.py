"""Decision tables (DMN): how they are edited, checked and published, and what they say when they are asked.

Which decisions there are, and what an answer does to a case, is told by ``cases``; this room knows no cases.
"""
