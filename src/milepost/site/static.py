"""Addresses of static files that change with their content, without a collect step."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=512)
def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


class VersionedStaticFiles(StaticFilesStorage):
    """Adds `?v=<digest>` to each address, so that a browser may keep the file for a year."""

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of a static file with its content's digest."""
        address = super().url(name)
        found = finders.find(name) if name and not settings.DEBUG else None
        return f"{address}?v={_digest(found)}" if isinstance(found, str) else address
