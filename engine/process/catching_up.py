"""Facts that the program records since some instances began: tokens that lack one get it from the subject itself."""

from engine.process import subjects, vocabulary
from engine.process.instances import Loaded


def catch_up(loaded: Loaded) -> None:
    """Before a move, so that a newer drawing may ask for them. The subject is asked only where a token lacks one."""
    names = set(vocabulary.names("subject_fact"))
    tokens = [facts for _, _, facts in loaded.run.standing()]
    if not any(names - facts.keys() for facts in tokens):
        return
    said = subjects.facts_of(loaded.subject_kind, loaded.subject_id)
    for facts in tokens:
        facts.update({name: value for name, value in said.items() if name not in facts})
