"""What every answer tells the browser about trust, and the token that every form carries."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from engine.kit.errors import NotFound

csrf = CSRFProtect()

# No inline script or style anywhere: what an attacker writes into a case can never run.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
}
A_YEAR = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


def init_app(app: Flask) -> None:
    """Check the token of every changing request; put the headers on every answer."""
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)


def framed(response: Response) -> Response:
    """Let pages of our own show this one in a frame."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _refuse_nul() -> None:
    """There is nothing at an address with a NUL in it: PostgreSQL holds no such text, and fails where one is asked for.

    Raises NotFound.
    """
    if "\0" in request.path or b"%00" in request.query_string:
        raise NotFound


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = A_YEAR if "v" in request.args else A_DAY
    else:
        # Pages hold personal data: no shared cache keeps them, and "back" asks again.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(("Cookie", "HX-Request"))
    return response
