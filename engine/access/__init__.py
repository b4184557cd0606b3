"""Permissions, roles and data scope: what a person may do and see. Who there is lives in ``organization``."""
