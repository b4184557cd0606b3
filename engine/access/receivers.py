"""Posts are given in ``organization``, which knows no permissions: what they add up to is checked here."""

from typing import Any

from engine.access import policy, queries
from engine.organization.hiring import posts_given
from engine.organization.models import User


@posts_given.connect
def check_posts(user: User, **_: Any) -> None:
    """Refuse posts that bring together rights which must be apart."""
    policy.check_together(queries.permissions_of(user.id))
