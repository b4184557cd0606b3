"""What this room refuses. Refused files are ``Invalid``, with the sentence beside the field that they came from."""

from engine.kit.errors import Invalid, NotFound


class AttachmentMissing(NotFound):
    """There is no such file."""


class Refused(Exception):
    """A file that is not accepted: an English sentence with ``%(name)s`` places, before the field is known."""

    def __init__(self, text: str, **params: object) -> None:
        self.text, self.params = text, params
        super().__init__(text)

    def at(self, field: str) -> Invalid:
        """The same refusal beside the form's ``field``."""
        return Invalid.field(field, self.text, **self.params)
