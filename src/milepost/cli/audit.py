"""The audit trail from the command line: where it ends, and whether it is what was written."""

from collections.abc import Sequence

from milepost.workspace.errors import Invalid
from milepost.workspace.queries import list_all_workspaces, trail_head, verify_trail

DIGITS = 64


def heads(*, workspace: str) -> list[str]:
    """Return one line a workspace: slug, number of rows, head."""
    return [f"{slug} {head.sequence} {head.hash}" for pk, slug in _wanted(workspace) for head in [trail_head(pk)]]


def verify(*, workspace: str, heads: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what is sound and what is not, a sentence each.

    Raises:
        Invalid: no such workspace, or a head that is none.
    """
    kept = {_head(text) for text in heads}
    sound: list[str] = []
    wrong: list[str] = []
    held: set[str] = set()
    for pk, slug in _wanted(workspace):
        verdict = verify_trail(pk, kept=kept)
        held |= verdict.held
        (wrong if verdict.wrong else sound).append(f"{slug}: {verdict}")
    wrong += [
        f"No trail here holds the head {head[:12]}… that you kept: rows up to it were cut off or written anew."
        for head in sorted(kept - held)
    ]
    return sound, wrong


def _head(text: str) -> str:
    """Return the fingerprint in a line of `milepost audit head`, or in a part of it."""
    found = "".join(text.split()[-1:]).lower()
    if len(found) != DIGITS or set(found) - set("0123456789abcdef"):
        raise Invalid(f"“{text[:80]}” is no head. It is the {DIGITS} digits that milepost audit head prints last.")
    return found


def _wanted(workspace: str) -> list[tuple[int, str]]:
    found = [(pk, slug) for pk, slug, _ in list_all_workspaces() if workspace in {"", slug}]
    if workspace and not found:
        raise Invalid(f"There is no workspace {workspace}. Run milepost audit head for the names.")
    return found
