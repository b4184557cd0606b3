"""A city's own statistics: tables that administrators define, their versions, and counting them for a reader.

What a figure means is said in ``evaluation`` (sets, indicators, average times); pages and workbooks are not made here.
"""
