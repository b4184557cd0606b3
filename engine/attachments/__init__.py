"""Files that belong to something: photos and documents, checked, kept once by their content, with what a photo tells.

Who may see a file is decided by the room whose subject it belongs to, not here.
"""
