"""One person's data, from the command line of whoever runs the installation."""

import json
from datetime import datetime
from pathlib import Path

from milepost.workspace import actions


def export(*, email: str, file: Path, now: datetime) -> int:
    """Write what is known of a person into a new file, for its owner alone, and return the number of rows."""
    told = actions.export_person(email=email, now=now)
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return sum(len(rows) for rows in told["tables"].values())


def erase(*, email: str, now: datetime) -> bool:
    """Erase a person, then let the database give up what is left of them on the disk; return whether it could."""
    actions.erase_person(email=email, now=now)
    return actions.overwrite_erased()
