"""What every room stands on: database, clock, configuration, errors, words. No business words live here."""
