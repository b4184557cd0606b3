"""One's own messages and how one wants them; how those about a case fared. Failed deliveries are administration's."""
