"""The departments that a file names: found by their code in the system before (``legacy_code``), or founded."""

from datetime import datetime

from sqlalchemy import select

from engine.access.actors import Actor
from engine.kit.db import db
from engine.legacy.errors import MappingWrong
from engine.legacy.mapping import Layout
from engine.organization import departments
from engine.organization.models import Department

CODE_LENGTH, NAME_LENGTH = 40, 100


class Offices:
    """Ids of departments by their code in the file. A city that gives its own department that code keeps its own."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._ids: dict[str, int] = {}

    def id_of(self, code: str) -> int | None:
        """The department of that code, which ``prepare`` has seen; None for a row that names none."""
        return self._ids.get(code)

    def prepare(self, codes: set[str], *, by: Actor, at: datetime) -> None:
        """Find or found the departments of a batch. Raises MappingWrong for a parent that does not exist."""
        wanted = sorted(codes - set(self._ids) - {""})
        if not wanted:
            return
        found = select(Department.legacy_code, Department.id).where(Department.legacy_code.in_(wanted))
        self._ids |= {str(code): id for code, id in db.session.execute(found.order_by(Department.id.desc()))}
        for code in wanted:
            if code not in self._ids:
                self._ids[code] = self._found(code, by, at)

    def _found(self, code: str, by: Actor, at: datetime) -> int:
        name = self._layout.departments.get(code, code)[:NAME_LENGTH]
        own_code = f"{self._layout.name}-{code}"[:CODE_LENGTH]
        department = departments.found(own_code, name, "municipal", by=by, at=at, parent=self._parent())
        department.legacy_code = code
        db.session.flush()
        return department.id

    def _parent(self) -> Department | None:
        code = self._layout.parent_department
        if code is None:
            return None
        parent = db.session.scalar(select(Department).where(Department.code == code))
        if parent is None:
            raise MappingWrong(reason=f"parent_department {code}")
        return parent
