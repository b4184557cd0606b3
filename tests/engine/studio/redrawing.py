"""Changed copies of the city's drawing."""

from engine.kit.config import ROOT


def standard() -> str:
    """The standard case as it is delivered."""
    return (ROOT / "workflows" / "standard_case.bpmn").read_text()


def renamed(node: str, other: str, source: str | None = None) -> str:
    """A copy in which a node has another id."""
    text = source or standard()
    return text.replace(f'"{node}"', f'"{other}"').replace(f">{node}<", f">{other}<")
