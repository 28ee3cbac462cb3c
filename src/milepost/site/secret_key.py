"""The installation's secret key: given or made, never a bad one, never for others to read."""

import logging
import os
import secrets
import stat
from pathlib import Path

LEAST_LETTERS = 50
LEAST_DIFFERENT = 12
# Words of samples and of people in a hurry; a random key holds none of them but once in millions.
SAMPLES = (
    "changeme", "change-me", "change_me", "changethis", "change-this", "change_this", "secret", "insecure", "password",
    "example", "placeholder", "replace", "default", "milepost", "django-", "your-key", "yourkey", "letmein", "dummy",
    "not-safe", "thisisnot", "lorem ipsum", "deadbeef", "12345678", "abcdefgh", "qwertyui", "00000000",
)  # fmt: skip
OTHERS = stat.S_IRWXG | stat.S_IRWXO
log = logging.getLogger("milepost.site")


class Misconfigured(ValueError):
    """A setting that the installation refuses to start with; says which and what to do."""


def checked(key: str, *, came_from: str) -> str:
    """Return the key if it is fit to sign sessions and to encrypt secrets.

    Raises:
        Misconfigured: it is short, repeats itself, or is a known sample.
    """
    advice = f"Leave {came_from} out and one is made for you, or give at least {LEAST_LETTERS} random characters."
    if came_from != "MILEPOST_SECRET_KEY":
        advice = f"Delete {came_from} and a new one is made; everybody signs in again."
    if len(key) < LEAST_LETTERS:
        raise Misconfigured(f"The secret key of {came_from} has only {len(key)} characters. {advice}")
    if len(set(key)) < LEAST_DIFFERENT or key in (key + key)[1:-1]:
        raise Misconfigured(f"The secret key of {came_from} repeats itself. {advice}")
    found = next((word for word in SAMPLES if word in key.lower()), None)
    if found is not None:
        raise Misconfigured(f"The secret key of {came_from} is a sample: it holds “{found}”. {advice}")
    return key


def kept(home: Path) -> str:
    """Return the key in this folder; the first call makes it, readable by its owner only.

    Raises:
        Misconfigured: others may read it and that cannot be changed, or it is no good key.
    """
    path = home / "secret_key"
    if not path.exists():
        _make(path)
    _shut(path)
    return checked(path.read_text(encoding="ascii", errors="replace").strip(), came_from=str(path))


def _make(path: Path) -> None:
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # private before the first byte is in it
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_random())
    try:
        path.hardlink_to(fresh)  # atomic: of two first starts one key wins
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _random() -> str:
    while True:
        key = secrets.token_urlsafe(64)
        if not any(word in key.lower() for word in SAMPLES):
            return key


def _shut(path: Path) -> None:
    """Take everybody else's rights to the key away."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "posix" or not mode & OTHERS:
        return
    try:
        path.chmod(0o600)
    except OSError:
        raise Misconfigured(
            f"Others may read the secret key in {path} (mode {mode:04o}). Give it to this user with mode 0600."
        ) from None
    log.warning(
        "Others could read the secret key in %s (mode %04o); now only its owner can. "
        "If strangers use this machine, delete it: a new one is made, and everybody signs in again.",
        path,
        mode,
    )
