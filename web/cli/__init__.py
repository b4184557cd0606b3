"""Commands of `flask`: one module a command, each holding one click command named ``command``."""
