"""The catalogue: what a city manages, when a problem is filed, how long handling may take. Cases do not live here."""
