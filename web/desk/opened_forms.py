"""The form that a page shows, and that what it sends is read with: the version that it was opened with."""

from flask import request

from engine.forms import catalogue, drafts
from engine.forms.catalogue import Form
from engine.kit import clock


def as_opened(name: str) -> Form:
    """The form as the page showed it, for as long as what was typed into a page is kept; then as it is in force."""
    now, since = catalogue.load(name), clock.now() - drafts.KEPT_FOR
    version = request.form.get("form_version", "")
    if not version.isdecimal() or len(version) > 9 or not catalogue.was_in_force(name, int(version), since):
        return now
    return catalogue.load(name, int(version))
