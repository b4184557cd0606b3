"""Ties the drawing to the case: who follows its moves, and what its service tasks do."""

from engine.cases import actions
from engine.cases.stages import KIND, CaseFollower
from engine.process import subjects

subjects.register(KIND, CaseFollower())
actions.register_all()
