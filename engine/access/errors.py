"""What this room refuses."""

from engine.kit.errors import Conflict, NotAllowed, NotFound


class DutiesMustBeApart(Conflict):
    """System, security and audit administration must be in the hands of three persons."""


class AdministratorsTakeNoPart(Conflict):
    """Who administers the system, its security or its audit log may not take part in cases."""


class AnotherDuty(NotAllowed):
    """The accounts of the security and the audit administrator are changed on the server only (flask password)."""


class OwnRole(NotAllowed):
    """Nobody may change a role that he holds himself."""


class RoleMissing(NotFound):
    """This role does not exist."""


class AwayAlready(Conflict):
    """%(name)s stands in for you at that time already. End that first."""


class StandInAway(Conflict):
    """%(name)s is away at that time, and cannot stand in."""


class NothingToDelegate(Conflict):
    """Administrators' rights are not delegated: another administrator acts in his own name."""


class DelegationOver(Conflict):
    """This delegation has ended already."""


class DelegationMissing(NotFound):
    """There is no such delegation, or it is not yours to see."""
