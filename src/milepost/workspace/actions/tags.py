"""Words that things are found by."""

import unicodedata
from collections.abc import Iterable

from milepost.core.tags import plain_tag, tag_key
from milepost.workspace.errors import Invalid

MOST_TAGS = 10
LONGEST_TAG = 30


def clean_tags(words: Iterable[str]) -> dict[str, str]:
    """Return tags as {key: word}, in the order given: without blanks and number signs around them, each once.

    Two that differ in capitals alone are the same; the first spelling stays.

    Raises:
        Invalid: a tag is too long or cannot be kept, or these are too many.
    """
    found: dict[str, str] = {}
    for given in words:
        word = plain_tag(given)
        if not word:
            continue
        if len(word) > LONGEST_TAG:
            raise Invalid(
                f"“{word[:LONGEST_TAG]}…” is long for a tag. Write at most {LONGEST_TAG} letters.", field="tags"
            )
        if "," in word or any(unicodedata.category(c).startswith("C") for c in word):
            raise Invalid("A tag holds no comma and no control character. Remove it.", field="tags")
        found.setdefault(tag_key(word), word)
    if len(found) > MOST_TAGS:
        raise Invalid(f"These are {len(found)} tags. Keep it to {MOST_TAGS}.", field="tags")
    return found
