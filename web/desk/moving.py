"""What the forms of giving a step to somebody else, and of taking it over, offer their reader."""

from engine.cases import reassigning, steps
from engine.cases.models import Case
from engine.forms.catalogue import Form
from engine.forms.definition import Option
from engine.process.models import OpenTask
from web.session import current_actor


def movable_steps(case: Case | None) -> list[OpenTask]:
    """The open steps that the reader may give to somebody else, in his own name or for whom he stands in."""
    if case is None:
        return []
    tasks = steps.open_steps(case)
    return [task for task in tasks if any(reassigning.may_move(case, task, face) for face in current_actor().faces)]


def takeable_steps(case: Case | None) -> list[OpenTask]:
    """The open steps that the reader may take himself."""
    if case is None:
        return []
    tasks = steps.open_steps(case)
    mine = [task for face in current_actor().faces for task in reassigning.takeable(case, tasks, face)]
    return [task for task in tasks if task in mine]


def people(case: Case | None) -> list[Option]:
    """Everybody who may do one of the steps that can be moved, by name; which of them, the act itself checks."""
    found = {
        user.id: user for task in movable_steps(case) for user in (reassigning.candidates(case, task) if case else [])
    }
    return [Option(str(user.id), user.name) for user in sorted(found.values(), key=lambda one: (one.name, one.id))]


def only_step(form: Form, case: Case) -> str | None:
    """Where one step alone comes into question, it is chosen already."""
    found = {"reassignment": movable_steps, "takeover": takeable_steps}.get(form.name)
    tasks = found(case) if found is not None else []
    return tasks[0].id if len(tasks) == 1 else None
