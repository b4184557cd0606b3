"""What administrators change while the program runs: typed, bounded, audited. Not ``kit.config``."""
