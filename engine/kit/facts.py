"""Kinds of facts that conditions, forms and decision tables read."""

from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is."""

    text = "text"
    whole = "whole"
    number = "number"
    truth = "truth"
