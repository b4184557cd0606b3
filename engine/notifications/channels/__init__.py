"""The ways out of the building. A new one is a new folder: copy a sibling, and name it in ``registry``."""
