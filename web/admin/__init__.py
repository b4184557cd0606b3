"""The door of administration: people, rights, catalogue, calendars, rules, settings, processes, audit. No casework."""
