"""The month's assessment: which cases are counted, by which formulas, who ranks where, and months frozen for good.

Every number is the size of a named set of cases, and every set can be listed. Pages and documents are not made here.
"""
