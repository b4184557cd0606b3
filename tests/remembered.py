"""What one process reckons once for all its tests, though each has a database and an application of its own.

None of it depends on what a test does: statements, templates and addresses are compiled from the program's own text.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS = 5000
"""More than all tests send."""

_dialects: dict[str, Dialect] = {}
_statements: dict[str, LRUCache[Any, Any]] = {}
_builders: dict[tuple[str, bool], Callable[..., tuple[str, str]]] = {}


def share_statements(engine: Engine) -> None:
    """Let an engine, before it first connects, send what others of its kind have compiled.

    SQLAlchemy keeps them by engine and dialect.
    """
    kind = engine.dialect.name
    if kind not in _dialects:
        _dialects[kind], _statements[kind] = engine.dialect, LRUCache(STATEMENTS)
        engine.connect().close()  # The dialect learns then what the server can do.
    engine.dialect, engine._compiled_cache = _dialects[kind], _statements[kind]


class Templates(BytecodeCache):
    """Templates as they were compiled for the first application."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Templates()


class Address(Rule):
    """A rule that writes its addresses with the function that was made for the first application."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults or self.subdomain or self.host:
            return super()._compile_builder(append_unknown)
        key = self.rule, append_unknown
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]


Flask.url_rule_class = Address
