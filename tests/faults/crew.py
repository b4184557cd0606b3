"""People who work in parallel at a real server that may die under them."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from engine.cases.models import Case, Stage
from engine.kit.db import db
from tests.browsing import AWAY, Browser
from tests.errands import Errand, Guide, photo

WINDOWS = 3
"""Browsers that one person has open."""


@dataclass
class Crew:
    """Drives cases on over HTTP, several acts at a time, each person in a browser of his own."""

    port: int
    guide: Guide
    case_ids: Sequence[int]
    acknowledged: list[Errand] = field(default_factory=list)
    unanswered: list[Errand] = field(default_factory=list)
    refused: list[tuple[Errand, int, str]] = field(default_factory=list)
    _browsers: dict[tuple[str, int], Browser] = field(default_factory=dict)

    def work(self, *, seconds: float = 40, until: Callable[[], bool] = lambda: False) -> None:
        """Until every case has ended, or ``until`` says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until() and self._open_cases():
            if not self._round():
                time.sleep(0.2)

    def _open_cases(self) -> int:
        db.session.rollback()
        still_open = Case.stage.in_(sorted(Stage.open_stages()))
        return db.session.scalar(select(func.count()).where(Case.id.in_(self.case_ids), still_open)) or 0

    def _round(self) -> int:
        """Up to three acts of each person who has something to do, all at once."""
        db.session.rollback()
        errands = self.guide.errands(self.case_ids)
        db.session.rollback()
        seen: Counter[str] = Counter()
        threads = []
        for errand in errands:
            seen[errand.username] += 1
            if seen[errand.username] <= WINDOWS:
                threads.append(threading.Thread(target=self._do, args=(errand, seen[errand.username])))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(threads)

    def _do(self, errand: Errand, window: int) -> None:
        key = errand.username, window
        try:
            if key not in self._browsers:
                self._browsers[key] = Browser(self.port, timeout=30).sign_in(errand.username)
            browser = self._browsers[key]
        except (*AWAY, AssertionError):
            # Nobody answers, or only to say that the database does not.
            return
        try:
            answer = browser.post(errand.address, errand.values, photo=photo() if errand.needs_photo else None)
        except AWAY:
            self.unanswered.append(errand)
            return
        if answer.status == 303:
            self.acknowledged.append(errand)
        else:
            self.refused.append((errand, answer.status, answer.text))
