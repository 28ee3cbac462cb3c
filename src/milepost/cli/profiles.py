"""Where the command line keeps addresses and tokens: one file that only its owner reads."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

DEFAULT = "default"


class NoProfile(RuntimeError):
    """Nothing says which installation is meant."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An installation and the token for it."""

    name: str
    url: str
    token: str


def profile_file() -> Path:
    """Return the file of profiles; MILEPOST_PROFILES puts it elsewhere."""
    given = os.environ.get("MILEPOST_PROFILES")
    return Path(given) if given else user_config_path("milepost") / "profiles.toml"


def load(name: str = "") -> Profile:
    """Return a profile: the environment's (MILEPOST_URL, MILEPOST_TOKEN), else the named or the default one.

    Raises:
        NoProfile: with the command that makes one.
    """
    url, token = os.environ.get("MILEPOST_URL", ""), os.environ.get("MILEPOST_TOKEN", "")
    if url and token and not name:
        return Profile("environment", url.rstrip("/"), token)
    known = _read()
    wanted = name or os.environ.get("MILEPOST_PROFILE", "") or DEFAULT
    found = known.get(wanted)
    if found is None:
        names = ", ".join(known) or "none yet"
        raise NoProfile(f"There is no profile {wanted}; known: {names}. Make one: milepost login ADDRESS")
    return Profile(wanted, found["url"], found["token"])


def save(profile: Profile) -> Path:
    """Write a profile and return the file, readable by its owner only."""
    known = _read() | {profile.name: {"url": profile.url, "token": profile.token}}
    path = profile_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(
        "".join(
            f"[{_quoted(n)}]\nurl = {_quoted(p['url'])}\ntoken = {_quoted(p['token'])}\n\n" for n, p in known.items()
        ),
        encoding="utf-8",
    )
    fresh.replace(path)
    return path


def _read() -> dict[str, dict[str, str]]:
    path = profile_file()
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise NoProfile(f"{path} cannot be read: {error}. Mend it or delete it, then: milepost login ADDRESS") from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
