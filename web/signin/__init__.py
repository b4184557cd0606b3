"""The door itself: signing in and out, one's password, one's language. Accounts are administered elsewhere."""
