"""Keeping the words that find things."""

import re
import unicodedata
from collections.abc import Iterable

from milepost.workspace.models import SearchWord

WORD_LENGTH = 40
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text as they are stored: lower case, without accents, cut at 40."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return list(dict.fromkeys(word[:WORD_LENGTH] for word in _WORD.findall(plain)))


def index_words(*, workspace_id: int, kind: str, object_id: int, text: str) -> None:
    """Make a thing findable by the words of `text`, and by no older ones; empty text hides it."""
    SearchWord.objects.filter(kind=kind, object_id=object_id).delete()
    index_many(workspace_id=workspace_id, entries=[(kind, object_id, text)])


def index_many(*, workspace_id: int, entries: Iterable[tuple[str, int, str]]) -> None:
    """Add the words of many new things: (kind, id, text) each."""
    SearchWord.objects.bulk_create(
        (
            SearchWord(workspace_id=workspace_id, word=word, kind=kind, object_id=object_id)
            for kind, object_id, text in entries
            for word in words_of(text)
        ),
        batch_size=2000,
    )
