"""Which rights may not meet in one hand (三员分立, GB/T 22239): what one runs, another grants, a third looks over."""

from collections.abc import Iterable

from engine.access.errors import AdministratorsTakeNoPart, AnotherDuty, DutiesMustBeApart
from engine.access.permissions import Permission

SYSTEM = frozenset(
    {
        Permission.organization_manage,
        Permission.settings_manage,
        Permission.process_manage,
        Permission.process_suspend,
        Permission.process_migrate,
        Permission.incident_manage,
        Permission.process_watch,
        Permission.incident_skip,
        Permission.process_relocate,
        Permission.process_end_branch,
        Permission.process_cancel,
        Permission.process_retime,
        Permission.configuration_carry,
    }
)
"""What makes a system administrator. Catalogue, calendars, authority list and statistics are business: any role may
hold them. So is the review of processes: whoever agrees to a drawing is somebody else than those who drew it."""

SECURITY = frozenset({Permission.access_manage})
AUDIT = frozenset({Permission.audit_read})
DUTIES = (SYSTEM, SECURITY, AUDIT)

CASE_ACTS = frozenset(one for one in Permission if one.value.startswith("case.") or one is Permission.reporter_reveal)

LENT = frozenset(
    {
        *CASE_ACTS,
        Permission.order_reply,
        Permission.department_lead,
        Permission.supervision_read,
        Permission.evaluation_read,
    }
)
"""What a person who is away lends to whoever stands in: his part in cases, and nothing of the administrators'."""


def check_together(permissions: Iterable[str]) -> None:
    """May one person (or one role) hold all of these?

    Raises DutiesMustBeApart, AdministratorsTakeNoPart.
    """
    held = set(permissions)
    duties = [duty for duty in DUTIES if held & duty]
    if len(duties) > 1:
        raise DutiesMustBeApart
    if duties and held & CASE_ACTS:
        raise AdministratorsTakeNoPart


def takes_part(permissions: Iterable[str]) -> bool:
    """May somebody who holds these see cases? An administrator may not, not even those of his time before."""
    held = set(permissions)
    return not any(held & duty for duty in DUTIES)


def check_administers(held: Iterable[str]) -> None:
    """May a system administrator set the password of, or close, the account of somebody who holds these permissions?

    Whoever could, would hold the other two duties as well. Raises AnotherDuty.
    """
    if set(held) & (SECURITY | AUDIT):
        raise AnotherDuty
