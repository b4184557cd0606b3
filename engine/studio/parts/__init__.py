"""The parts of a city's configuration, one file each: how it is read, checked, told in words and put in force.

A new part is a new file with a ``PART``, and a line in ``registry``. The archive's own file is ``studio.archive_file``.
"""
