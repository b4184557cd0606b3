"""The doors: what people and other programs see of the city. One package per door; no business lives here."""
