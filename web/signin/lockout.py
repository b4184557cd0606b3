"""How strict signing in is: what administrators may set."""

from engine.kit.i18n import N_
from engine.organization.signing_in import Lockout
from engine.settings import values
from engine.settings.declarations import Setting

FAILURES = Setting(
    "session.failures", int, Lockout.failures, N_("Failed sign-ins in a row that lock an account"), least=3, most=20
)
MINUTES = Setting("session.lock_minutes", int, Lockout.minutes, N_("Minutes that it stays locked"), least=1, most=1440)


def in_force() -> Lockout:
    """What the city has chosen."""
    return Lockout(failures=values.get(FAILURES), minutes=values.get(MINUTES))
