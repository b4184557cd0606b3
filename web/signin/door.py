"""The blueprint of signing in."""

from flask import Blueprint

door = Blueprint("signin", __name__)
