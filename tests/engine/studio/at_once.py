"""Several people who act at the same moment."""

from threading import Barrier, Thread

from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict
from tests import databases


def at_once(city, *acts):
    """What became of acts that several people do at the same moment."""
    gate, told = Barrier(len(acts)), []

    def do(act):
        with databases.application(city.url).app_context():
            gate.wait()
            try:
                with unit_of_work():
                    act()
                told.append("done")
            except Conflict as refusal:
                told.append(type(refusal).__name__)
            finally:
                db.session.remove()
                db.engine.dispose()

    threads = [Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return sorted(told)
