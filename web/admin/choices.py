"""What the lists of administration's forms offer, and refusals that belong beside a field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from engine.access import queries as access
from engine.access.models import Role
from engine.catalog.models import Category
from engine.forms.definition import YES, Option
from engine.grids import queries as grid_queries
from engine.kit.errors import Conflict, FieldError, Invalid, NotAllowed
from engine.kit.i18n import N_
from engine.organization import queries
from engine.organization.models import Department, User
from web import languages

GAPS = {"post": N_("without a post"), "sign_in": N_("never signed in")}
"""What a list of people can be narrowed to, by ``organization.gaps``."""


def of(labels: Mapping[str, str]) -> list[Option]:
    """Options from values and their English names."""
    return [Option(value, label) for value, label in labels.items()]


def departments(*, without: Department | None = None) -> list[Option]:
    """Every open department, indented as it lies in the tree."""
    found = [one for one in queries.departments() if one is not without]
    return [Option(str(one.id), "　" * (one.path.count("/") - 2) + one.name) for one in found]


def roles() -> list[Option]:
    """Every role, in the reader's language."""
    return [Option(role.code, name_of(role)) for role in access.roles()]


def grids() -> list[Option]:
    """Every responsibility grid."""
    return [Option(str(grid.id), f"{grid.code} {grid.name}") for grid in grid_queries.responsibility_grids()]


def names_of_beats(people: Iterable[User]) -> dict[int, str]:
    """Names of the responsibility grids of these people's posts, by id."""
    posts = (post for user in people for post in user.posts)
    beats = {post.responsibility_grid_id for post in posts if post.responsibility_grid_id is not None}
    return grid_queries.names_of_responsibility_grids(beats)


def regions(level: str) -> list[Option]:
    """Every region of a level: district, street."""
    return [Option(region.code, f"{region.code} {region.name}") for region in grid_queries.regions(level)]


def categories(found: Sequence[Category]) -> list[Option]:
    """These categories, code and name."""
    return [Option(str(one.id), f"{one.code} {one.name}") for one in found]


def initial(row: object, names: Iterable[str]) -> dict[str, Any]:
    """A row's values as a form's fields show them."""
    return {name: _shown(getattr(row, name)) for name in names}


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) else value


def name_of(role: Role) -> str:
    """A role's name in the reader's language."""
    return role.name_en if languages.chosen() == "en" else role.name


def beside(field: str, act: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], None]:
    """``act``, whose refusals by policy (403, 409) are shown beside ``field`` rather than on a page of their own."""

    def acting(values: dict[str, Any]) -> None:
        try:
            act(values)
        except (Conflict, NotAllowed) as refusal:
            raise Invalid({field: [FieldError(refusal.message_id, refusal.params)]}) from refusal

    return acting
