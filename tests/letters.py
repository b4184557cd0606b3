"""A channel for tests, and what the tables of messages hold."""

from contextlib import contextmanager

from sqlalchemy import select

from engine.kit.db import db
from engine.notifications.errors import Unreachable
from engine.notifications.models import Delivery, Message, Notice


class Pigeons:
    """A channel that keeps its letters in a list, and can be told to fail."""

    label = "Pigeons"

    def __init__(self, name="email", *, knows_twice=True):
        self.name, self.knows_twice = name, knows_twice
        self.letters, self.connections, self.trouble = [], 0, None

    def address_of(self, user):
        return f"{user.username}@loft" if user.username else None

    @contextmanager
    def connected(self):
        self.connections += 1
        if isinstance(self.trouble, Unreachable):
            raise self.trouble
        yield self.send

    def send(self, letter):
        if self.trouble is not None:
            raise self.trouble
        self.letters.append(letter)

    def to(self, user):
        return [letter for letter in self.letters if letter.address == f"{user.username}@loft"]


def rows(model):
    db.session.rollback()
    return list(db.session.scalars(select(model).order_by(model.id)))


def messages():
    return rows(Message)


def deliveries():
    return rows(Delivery)


def notices():
    return rows(Notice)
