"""Ties the rules to the departments below: when two are merged, the successor answers for what the other did."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.dispatch_rules import revision
from engine.organization.departments import department_merged
from engine.organization.models import Department


@department_merged.connect
def hand_over(department: Department, into: Department, by: Actor, at: datetime, **_: Any) -> None:
    """Every rule that names the merged department gets a version that names its successor."""
    revision.hand_over(department, into, by=by, at=at)
