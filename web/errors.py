"""Every "no" as a page: what happened in one sentence, whether anything was saved, and what to do next."""

import secrets

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.kit.db import db
from engine.kit.errors import CityLoopError, Conflict, FieldError, Invalid, NotAllowed, NotFound
from web import guards, keeping, session
from web.configuration import current_config
from web.logs import log

STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
RETRY_SECONDS = 15


def init_app(app: Flask) -> None:
    """Register the translation of errors into answers."""
    app.register_error_handler(CityLoopError, _refused)
    app.register_error_handler(session.NotSignedIn, _not_signed_in)
    app.register_error_handler(CSRFError, _token_gone)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    for away in (OperationalError, InterfaceError, PoolExhausted):
        app.register_error_handler(away, _database_away)
    for lost in (IntegrityError, StaleDataError):
        app.register_error_handler(lost, _somebody_was_faster)
    app.register_error_handler(Exception, _broken)


def said(error: FieldError | CityLoopError) -> str:
    """The sentence of an error in the reader's language; so is the ``reason`` in it, where the program gave one."""
    text = error.message_id if isinstance(error, CityLoopError) else error.text
    params = error.params | {name: _(str(error.params[name])) for name in ("reason",) if error.params.get(name)}
    return _(text, **params)


def status_of(error: CityLoopError) -> int:
    """The HTTP status of one of the four kinds of "no"; 500 for anything else."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _refused(error: CityLoopError) -> ResponseReturnValue:
    db.session.rollback()
    status = status_of(error)
    fields = error.fields if isinstance(error, Invalid) else {}
    again = {409: keeping.kept_page, 422: keeping.form_page}.get(status, lambda: None)()
    return _answer(status, said(error), again=again, fields=fields)


def _not_signed_in(error: CityLoopError) -> ResponseReturnValue:
    return _answer(401, said(error))


def _token_gone(_error: CSRFError) -> ResponseReturnValue:
    """The form is older than the session (or is not ours): keep what was typed and show the page again."""
    if request.endpoint == "signin.sign_in":
        return _answer(400, _("This page was open for too long. Please sign in again."), again=keeping.form_page())
    if session.actor_or_none() is None:
        return guards.ask_to_sign_in()
    return keeping.sent_to(keeping.kept_page())


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    text = _(
        "This is too large; nothing was saved. A file may have up to %(most)s MB: please send fewer or smaller ones.",
        most=current_config().max_upload_mb,
    )
    answer = make_response(_answer(413, text, again=keeping.form_page(), framed=False))
    answer.headers["Connection"] = "close"  # the rest of the upload is not waited for
    return answer


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    sentences = {
        404: _("There is nothing at this address. It may have been mistyped, or you may not see it."),
        405: _("This address cannot be used in this way."),
        400: _("This request could not be understood."),
    }
    return _answer(error.code, sentences.get(error.code, error.description or error.name))


def _somebody_was_faster(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.warning("conflict", exc_info=error)
    return _refused(Conflict())


def _database_away(error: Exception) -> ResponseReturnValue:
    log.error("database away", error=type(error).__name__, detail=str(getattr(error, "orig", error)).strip())
    text = _("The database is not answering just now, so nothing was saved. Please try again in a moment.")
    answer = make_response(_answer(503, text, framed=False, resend=_resendable()))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _broken(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4).upper()
    log.error("incident", number=number, path=request.path, exc_info=error)
    text = _(
        "The program made a mistake, and nothing was saved. Please tell your administrator this number: %(number)s",
        number=number,
    )
    return _answer(500, text, framed=False)


def _resendable() -> list[tuple[str, str]] | None:
    """What was posted, so that the page can send it again; not where files or passwords were in it."""
    if request.method != "POST" or request.files or (keeping.SECRETS - {"csrf_token"}) & set(request.form):
        return None
    return list(request.form.items(multi=True))


def _answer(
    status: int,
    text: str,
    *,
    again: str | None = None,
    framed: bool = True,
    fields: dict[str, list[FieldError]] | None = None,
    resend: list[tuple[str, str]] | None = None,
) -> tuple[Response | str, int] | Response:
    """The error as a page, as a notice for htmx, or as JSON, whichever was asked for."""
    db.session.rollback()
    if guards.wants_json():
        return _as_json(status, text, fields)
    if "HX-Request" in request.headers:
        answer = make_response(render_template("frame/_notice.html", text=text, kind="danger"), status)
        answer.headers.update({"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"})
        return answer
    page = render_template(
        "frame/error.html",
        status=status,
        text=text,
        again=again,
        resend=resend,
        fields=fields,
        layout="frame/base.html" if framed and session.actor_or_none() else "frame/bare.html",
    )
    return page, status


def _as_json(status: int, text: str, fields: dict[str, list[FieldError]] | None) -> tuple[Response, int]:
    answer: dict[str, object] = {"error": text}
    if fields:
        answer["fields"] = {name: [_(one.text, **one.params) for one in errors] for name, errors in fields.items()}
    return jsonify(answer), status
