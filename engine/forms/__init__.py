"""Forms as data (forms/*.json): what they ask, what an answer must be like, and drafts of unfinished answers.

What an act does with the values lives in the room of the act; how a form looks lives in the doors.
"""
