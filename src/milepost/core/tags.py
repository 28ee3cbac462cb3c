"""Words that things are found by."""

import unicodedata

LONGEST_KEY = 60  # small letters may be more than the capitals were


def plain_tag(text: str) -> str:
    """Return a tag as it is shown: one blank between words, no number sign before them.

    Source: rule K1.
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).lstrip("# ")


def tag_key(text: str) -> str:
    """Return what a tag is found by, whatever its capitals.

    Source: rule K1.
    """
    return plain_tag(text).casefold()[:LONGEST_KEY]
