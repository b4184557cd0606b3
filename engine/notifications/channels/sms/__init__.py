"""Text messages through a provider's gateway."""
