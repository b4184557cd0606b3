"""What comes from systems that were there before: files of complaints as new reports, files of history as closed cases.

Live exchange with other systems does not belong here.
"""
