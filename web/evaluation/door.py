"""The blueprint of assessment."""

from flask import Blueprint

door = Blueprint("evaluation", __name__, url_prefix="/assessment")
