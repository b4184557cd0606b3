"""Is this process able to serve? Load balancers ask."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.kit.db import db
from web.guards import open_to_all

door = Blueprint("health", __name__)


@door.get("/healthz")
@open_to_all
def check() -> ResponseReturnValue:
    """200 when the database answers, else 503."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="away"), 503
    return jsonify(status="ok", database="ok")
