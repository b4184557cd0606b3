"""People of the city before their screens: what they click, fill in and see. Every page they meet is checked."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.kit import clock
from engine.kit.db import db
from engine.process import jobs
from tests import city as cities
from tests.stories import photo
from tests.web.accessibility import violations
from tests.web.conftest import DESK


@dataclass
class Wall:
    """The clock that everybody in a journey looks at; it goes on only when told."""

    now: datetime = field(default_factory=lambda: cities.at("2026-03-02 09:00"))

    def over(self, app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """The same WSGI application, living at the wall's time."""

        def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            with clock.fixed(self.now):
                answer = app(environ, start_response)
                try:
                    return [b"".join(answer)]
                finally:
                    getattr(answer, "close", lambda: None)()

        return serve

    def wait(self, **span: float) -> None:
        """Time passes."""
        self.now += timedelta(**span)


def picture(name: str = "photo.jpg", colour: str = "grey") -> dict[str, Any]:
    """A photo as a file field takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour).stream.read()}


@dataclass
class Person:
    """Somebody signed in before one browser page."""

    page: Any

    def look(self) -> "Person":
        """The page is accessible, and neither its scripts nor the browser's policy complain."""
        assert not (found := violations(self.page)), "\n".join(found)
        assert not self.page.complaints, "\n".join(self.page.complaints)
        return self

    def open(self, address: str) -> "Person":
        """Type an address."""
        self.page.goto(address)
        return self.look()

    def take(self, number: str) -> "Person":
        """Open a case from my work. (Its page was looked at when the one before had acted.)"""
        self.page.goto("/desk/work")
        self.page.click(f"tr:has-text('{number}') a.list-title")
        self.page.wait_for_selector(".case")
        return self

    def choose(self, act: str) -> "Person":
        """Follow the case page's button of an act."""
        self.page.click(f".case-acts a[href*='/{act}']")
        self.page.wait_for_selector("form.form")
        return self.look()

    def fill(self, **values: Any) -> "Person":
        """Answer questions by their field names: text, the value of a choice, files, True to tick."""
        for name, value in values.items():
            self._answer(self.page.locator(f"form.form [name={name}]"), value)
        return self

    def send(self, *, refused: bool = False) -> "Person":
        """Press the form's own button; what comes is the next page, or the same with what is wrong."""
        self.page.click(".form-end button.btn-primary, .form-end button.btn-danger")
        self.page.wait_for_selector(".form-summary, .notice-danger" if refused else ".notice-success")
        if refused:  # the browser tells every such answer
            self.page.complaints = [one for one in self.page.complaints if "status of 422" not in one]
        return self.look()

    def _answer(self, controls: Any, value: Any) -> None:
        first = controls.first
        tag, kind = first.evaluate("one => [one.tagName, one.type]")
        if kind == "file":
            first.set_input_files(value)
        elif tag == "SELECT":
            first.select_option(**value) if isinstance(value, dict) else first.select_option(value)
        elif kind == "radio":
            controls.and_(self.page.locator(f"[value='{value}']")).check()
        elif kind == "checkbox":
            first.set_checked(value)
        else:
            first.fill(value)

    def offered(self, act: str) -> bool:
        """Does the case page offer this act?"""
        return bool(self.page.locator(f".case-acts a[href*='/{act}']").count())

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return str(self.page.input_value(f"form.form [name={name}]"))

    @property
    def told(self) -> str:
        """What the page says happened."""
        return str(self.page.inner_text("#notices")).strip()

    @property
    def text(self) -> str:
        """Everything on the page."""
        return str(self.page.inner_text("main"))


@dataclass
class Street:
    """Where a journey takes place."""

    city: cities.City
    browse: Any
    wall: Wall
    screens: ExitStack
    people: dict[tuple[str, int], Person] = field(default_factory=dict)

    @contextmanager
    def person(self, who: str, *, size: dict[str, int] = DESK) -> Iterator[Person]:
        """Somebody works at the own screen, two minutes later; then timers and service tasks do theirs."""
        self.wall.wait(minutes=2)
        key = who, size["width"]
        if key not in self.people:
            self.people[key] = Person(self.screens.enter_context(self.browse(who, size=size)))
        yield self.people[key]
        self.work()

    def work(self) -> None:
        """What workers do between two clicks of people."""
        db.session.rollback()
        jobs.run_due(self.wall.now)
        db.session.rollback()
