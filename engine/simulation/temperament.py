"""How the fictional city's people are: how often something goes otherwise than smoothly, and how long they take."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Temperament:
    """Shares between 0 and 1 of what is done otherwise than smoothly, each among the occasions for it."""

    rejected: float = 0.04
    transferred: float = 0.01
    merged: float = 0.9
    """Of reports beside which an earlier one of the same kind stands."""
    untrue: float = 0.08
    gone: float = 0.05
    sent_back: float = 0.03
    refused_filing: float = 0.01
    asks_to_return: float = 0.06
    return_granted: float = 0.7
    asks_to_extend: float = 0.05
    asks_to_suspend: float = 0.02
    appeals: float = 0.35
    """Of departments that were judged late."""
    adjustment_refused: float = 0.15
    """By each of those who are asked."""
    handed_back: float = 0.02
    redone: float = 0.02
    refused_feedback: float = 0.03
    failed: float = 0.07
    sent_to_rework: float = 0.02
    refused_self_handling: float = 0.08
    late: float = 0.09
    """Of steps of the centre, and of collectors."""
    late_handling: float = 0.11
    dissatisfied: float = 0.12
    justified: float = 0.35
    """Of those who are dissatisfied."""
    unreachable: float = 0.07

    def share_of_limit(self, random: Random, *, handling: bool = False) -> float:
        """How much of a time limit somebody takes: mostly a third, sometimes more than all of it."""
        if random.random() < (self.late_handling if handling else self.late):
            return random.uniform(1.02, 1.9)
        return random.triangular(0.04, 0.96, 0.3)


PATIENT = Temperament(**dict.fromkeys(Temperament.__dataclass_fields__, 0.0))
"""Nobody refuses, returns or is late: for tests."""
