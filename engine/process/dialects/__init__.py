"""What other tools write into their drawings, made ours where that is safe. One file for a family of tools.

Nothing here runs anything, and what cannot be honoured is named as a loss.
"""
