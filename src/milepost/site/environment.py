"""What the environment may say to an installation."""

import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"  # an acknowledged write survives a power cut
    "PRAGMA recursive_triggers=ON;"  # else INSERT OR REPLACE goes round the append-only triggers
    "PRAGMA cache_size=-32000;"
)
BUSY_TIMEOUT_SECONDS = 20


class Environment(BaseSettings):
    """Settings read from the environment; the defaults make an embedded SQLite installation."""

    model_config = SettingsConfigDict(env_prefix="MILEPOST_", extra="ignore")

    home: Path = Field(default=Path.home() / ".milepost", description="folder of database and secret key")
    host: str = Field(default="127.0.0.1", description="address that `milepost serve` listens on")
    port: int = Field(default=8811, ge=1, le=65535, description="port that `milepost serve` listens on")
    debug: bool = Field(default=False, description="developer's pages and error pages")
    allowed_hosts: str = Field(default="127.0.0.1,localhost,[::1]", description="host names it answers to, with commas")
    api_requests: int = Field(default=600, ge=1, description="requests a token may send a minute")
    private_webhooks: bool = Field(default=False, description="webhooks may lead into private networks")
    base_url: str = Field(default="", description="the address people use, for links; https turns on secure cookies")
    hsts_seconds: int = Field(default=31_536_000, ge=0, description="how long browsers insist on https; 0: not at all")
    database_url: str = Field(
        default="",
        validation_alias=AliasChoices("DATABASE_URL", "MILEPOST_DATABASE_URL"),
        description="postgresql://… for PostgreSQL; empty for SQLite in the home folder",
    )

    def secret_key(self) -> str:
        """Return the installation's secret key; the first call makes it, readable by its owner only."""
        self.home.mkdir(parents=True, exist_ok=True)
        path = self.home / "secret_key"
        if not path.exists():
            fresh = path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
            try:
                path.hardlink_to(fresh)  # atomic: of two first starts one key wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="ascii")

    def database(self) -> dict[str, Any]:
        """Return Django's settings of the one database.

        Raises:
            psycopg.ProgrammingError: DATABASE_URL is no PostgreSQL address.
        """
        if not self.database_url:
            self.home.mkdir(parents=True, exist_ok=True)
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": self.home / "milepost.sqlite3",
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": BUSY_TIMEOUT_SECONDS,
                    "init_command": SQLITE_INIT,
                },
                "TEST": {"NAME": self.home / "test.sqlite3"},
            }
        parts = conninfo_to_dict(self.database_url)
        keys = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        known = {keys[name]: value for name, value in parts.items() if name in keys}
        options = {name: value for name, value in parts.items() if name not in keys}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
            **known,
        }
