"""What this room refuses."""

from engine.kit.errors import Conflict, NotAllowed, NotFound


class DutiesMustBeApart(Conflict):
    """System, security and audit administration must be in the hands of three persons."""


class AdministratorsTakeNoPart(Conflict):
    """Who administers the system, its security or its audit log may not take part in cases."""


class OwnRole(NotAllowed):
    """Nobody may change a role that he holds himself."""


class RoleMissing(NotFound):
    """This role does not exist."""
