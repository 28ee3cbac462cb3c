"""What the environment may say to an installation."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict
from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from milepost.site.mail import Mail, read_mail
from milepost.site.secret_key import Misconfigured, checked, kept

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
    trusted_proxies: str = Field(
        default="", description="addresses or networks of proxies whose X-Forwarded-For and -Proto are believed"
    )
    given_secret_key: str = Field(
        default="", validation_alias="MILEPOST_SECRET_KEY", description="instead of the one made in the home folder"
    )
    hsts_seconds: int = Field(default=31_536_000, ge=0, description="how long browsers insist on https; 0: not at all")
    mail_url: str = Field(default="console:", description="the mail server: smtp://user:password@host:587", repr=False)
    mail_from: str = Field(default="", description="who mails come from: Milepost <okr@example.org>")
    mail_seconds: int = Field(default=10, ge=1, le=120, description="how long a mail server may keep silent")
    database_url: str = Field(
        default="",
        validation_alias=AliasChoices("DATABASE_URL", "MILEPOST_DATABASE_URL"),
        description="postgresql://… for PostgreSQL; empty for SQLite in the home folder",
    )

    def make_home(self) -> Path:
        """Return the folder of this installation, made if need be, for its owner only."""
        if not self.home.exists():
            self.home.mkdir(parents=True, mode=0o700)
        return self.home

    def secret_key(self) -> str:
        """Return the secret key: the one given, else the one kept in the home folder.

        Raises:
            Misconfigured: it is unfit, or others may read it.
        """
        if self.given_secret_key:
            return checked(self.given_secret_key, came_from="MILEPOST_SECRET_KEY")
        return kept(self.make_home())

    def base_address(self) -> str:
        """Return the address that people use, without a slash at its end; "" if none is set.

        Raises:
            Misconfigured: it is no address of a site.
        """
        base = self.base_url.strip().rstrip("/")
        parts = urlsplit(base)
        if base and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query):
            raise Misconfigured(f"MILEPOST_BASE_URL is “{base}”. Write an address such as https://okr.example.org")
        return base

    def host_names(self) -> list[str]:
        """Return the host names that are answered: those allowed, and the one of the base address.

        Raises:
            Misconfigured: every name is allowed while links are made from the name that was asked for.
        """
        names = [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]
        base = self.base_address()
        if "*" in names and not base:
            raise Misconfigured(
                "MILEPOST_ALLOWED_HOSTS allows every name. Set MILEPOST_BASE_URL, which links are then made from."
            )
        own = urlsplit(base).hostname
        return names if own is None or own in names else [*names, own]

    def proxies(self) -> list[IPv4Network | IPv6Network]:
        """Return the addresses whose word on sender and scheme is taken.

        Raises:
            Misconfigured: one is no address or network.
        """
        try:
            return [ip_network(part.strip()) for part in self.trusted_proxies.split(",") if part.strip()]
        except ValueError as error:
            raise Misconfigured(
                f"MILEPOST_TRUSTED_PROXIES: {error}. Write addresses such as 10.0.0.5 or 10.0.0.0/24."
            ) from None

    def mail(self) -> Mail:
        """Return how mail leaves.

        Raises:
            Misconfigured: the server's address, or the sender, cannot be used.
        """
        return read_mail(self.mail_url, sender=self.mail_from.strip())

    def database(self) -> dict[str, Any]:
        """Return Django's settings of the one database.

        Raises:
            psycopg.ProgrammingError: DATABASE_URL is no PostgreSQL address.
        """
        if not self.database_url:
            self.make_home()
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


def read_environment() -> Environment:
    """Return the settings that the environment gives.

    Raises:
        Misconfigured: one is of the wrong kind, such as a port that is no number.
    """
    try:
        return Environment()
    except ValidationError as error:
        first = error.errors()[0]
        name, says = str(first["loc"][0]), first["msg"]
        variable = name if name.isupper() else f"MILEPOST_{name.upper()}"
        raise Misconfigured(f"{variable} is “{first['input']}”. {says}.") from None
