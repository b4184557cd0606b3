"""Why a file, its mapping or one of its rows cannot be taken over."""

from engine.kit.errors import Invalid


class MappingWrong(Invalid):
    """The mapping cannot be used: %(reason)s"""


class FileUnreadable(Invalid):
    """The file cannot be read: %(reason)s"""


class ColumnsMissing(Invalid):
    """The file has no column %(missing)s. Its columns are: %(present)s"""


class RowRefused(Exception):
    """One row that is not taken over; ``text`` is a msgid with ``%(name)s`` places."""

    def __init__(self, text: str, **params: object) -> None:
        self.text, self.params = text, params
        super().__init__(text % params if params else text)
