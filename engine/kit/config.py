"""Deployment configuration, read once from the environment. A wrong value stops the program with the variable's name.

What administrators change while the program runs lives in ``engine.settings`` instead.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.kit.outgoing import Outgoing, Wrong

ROOT = Path(__file__).resolve().parents[2]


class ConfigError(SystemExit):
    """A variable of the environment is missing or wrong; the message names it."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between one installation and another."""

    database_url: str
    secret_key: str
    data_dir: Path
    time_zone: ZoneInfo
    session_minutes: int
    max_upload_mb: int
    secure_cookies: bool
    behind_proxy: bool
    embedded_worker: bool
    pool_size: int
    log_json: bool
    outgoing: Outgoing = field(default_factory=Outgoing)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Config":
        """Read the environment.

        Raises ConfigError naming the variable that is wrong.
        """
        data_dir = Path(env.get("CITYLOOP_DATA_DIR", ROOT / "var")).resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        return cls(
            database_url=_database_url(env.get("DATABASE_URL", f"sqlite:///{data_dir / 'cityloop.db'}")),
            secret_key=env.get("SECRET_KEY") or _kept_secret(data_dir / "secret_key"),
            data_dir=data_dir,
            time_zone=_zone(env, "CITYLOOP_TIME_ZONE", "Asia/Shanghai"),
            session_minutes=_integer(env, "CITYLOOP_SESSION_MINUTES", 30, least=1),
            max_upload_mb=_integer(env, "CITYLOOP_MAX_UPLOAD_MB", 20, least=1),
            secure_cookies=_boolean(env, "CITYLOOP_SECURE_COOKIES", default=False),
            behind_proxy=_boolean(env, "CITYLOOP_BEHIND_PROXY", default=False),
            embedded_worker=_boolean(env, "CITYLOOP_EMBEDDED_WORKER", default=False),
            pool_size=_integer(env, "CITYLOOP_POOL_SIZE", 10, least=1),
            log_json=_boolean(env, "CITYLOOP_LOG_JSON", default=False),
            outgoing=_outgoing(env),
        )


def _database_url(url: str) -> str:
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise ConfigError("DATABASE_URL: only sqlite:/// and postgresql:// addresses are understood")


def _kept_secret(path: Path) -> str:
    """A random key made at the first start and kept beside the data, readable by its owner only."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _integer(env: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise ConfigError(f"{name}: a whole number of at least {least} is needed, not {text!r}")
    return int(text)


def _boolean(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "1" if default else "0").lower()
    if text not in {"0", "1", "true", "false", "yes", "no"}:
        raise ConfigError(f"{name}: 1 or 0 is needed, not {text!r}")
    return text in {"1", "true", "yes"}


def _outgoing(env: Mapping[str, str]) -> Outgoing:
    try:
        return Outgoing.from_env(env)
    except Wrong as error:
        raise ConfigError(str(error)) from None


def _zone(env: Mapping[str, str], name: str, default: str) -> ZoneInfo:
    try:
        return ZoneInfo(env.get(name, default))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(f"{name}: {env.get(name)!r} is not a time zone") from error
