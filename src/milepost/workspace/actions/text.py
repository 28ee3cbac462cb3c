"""What people wrote, fit to keep."""

from milepost.workspace.errors import Invalid


def clean_name(text: str, *, field: str = "name", most: int = 120) -> str:
    """Return a name without blanks around it.

    Raises:
        Invalid: it is empty, too long, or holds control characters.
    """
    name = text.strip()
    if not name:
        raise Invalid("Write a name.", field=field)
    if len(name) > most:
        raise Invalid(f"This is {len(name):,} characters long. Write at most {most}.", field=field)
    if any(c < " " for c in name):
        raise Invalid("A name cannot hold line breaks or control characters. Remove them.", field=field)
    return name


def clean_text(text: str, *, field: str, most: int) -> str:
    """Return a text of several lines without blanks around it; "" when there is nothing in it.

    Raises:
        Invalid: it is too long, or holds a character that a database cannot keep.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise Invalid(f"This is {len(text):,} characters long. Write at most {most:,}.", field=field)
    if any(c < " " and c not in "\n\t" for c in text):
        raise Invalid("The text holds a control character that cannot be kept. Remove it.", field=field)
    return text
