"""Words that give a wish or a piece of work away. Ours, and English: other languages pass unseen."""

import re

_WORK = """
launch implement build create develop introduce deploy migrate ship publish write organise organize hold run conduct
hire recruit install redesign rewrite refactor draft prepare define document establish start begin finish deliver
arrange host attend buy purchase move merge upgrade train plan design evaluate analyse analyze research investigate
renovate relaunch automate digitise digitize present negotiate
"""
_MEASURES = """
time times rate rates ratio share shares number numbers count counts cost costs price prices failure failures minutes
hours days weeks length duration coverage score scores size sizes adherence volume frequency errors accuracy
punctuality delay delays quality value backlog speed completion completions success attendance capacity changes
customers income revenue uptime readiness partners members orders pages
"""
# What a piece of work begins with; two words where the second makes it one.
ACTIVITIES = frozenset(_WORK.split()) | {
    "roll out", "set up", "carry out", "put in", "kick off", "work on", "look into", "sign up for",
}  # fmt: skip
MEASURES = frozenset(_MEASURES.split())  # after these the word before is a noun: build time, run rate
_VAGUE = (
    r"improv(?:e|es|ed|ing|ements?)", r"better", r"optimi[sz](?:e|es|ed|ing|ation)", r"enhanc(?:e|es|ed|ing|ements?)",
    r"strengthen(?:s|ed|ing)?", r"boost(?:s|ed|ing)?", r"streamlin(?:e|es|ed|ing)", r"maximi[sz](?:e|es|ed|ing)",
    r"leverag(?:e|es|ed|ing)", r"world[- ]class", r"best[- ]in[- ]class", r"cutting[- ]edge", r"excellence",
    r"synerg(?:y|ies)",
)  # fmt: skip
_CHANGE_WORDS = (  # fine where a number stands beside them
    r"more", r"less", r"fewer", r"faster", r"quicker", r"happier", r"increas(?:e|es|ed|ing)", r"reduc(?:e|es|ed|ing)",
    r"decreas(?:e|es|ed|ing)", r"rais(?:e|es|ed|ing)", r"lower(?:s|ed|ing)?", r"grow(?:s|ing)?",
    r"minimi[sz](?:e|es|ed|ing)",
)  # fmt: skip
_WISH = re.compile(rf"\b(?:{'|'.join(_VAGUE)})\b", re.IGNORECASE)
_CHANGE = re.compile(rf"\b(?:{'|'.join(_VAGUE + _CHANGE_WORDS)})\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\d\s?%|[€$£]\s?\d|\b(?:to|by|from|least|most|under|below|above|over)\s+(?!(?:19|20)\d\d\b)\d", re.IGNORECASE
)
_SCALE = re.compile(
    r"\b1\s*(?:-|–|to|…)\s*(?:5|7|10)\b|\bout of (?:5|7|10)\b|/\s?(?:5|10)$|\bstars?\b|\bsmil(?:ey|eys|es)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"""
    \b(?:an?|per|each|every|any|one|this|next)\s+(?:working\s+)?
        (?:hour|day|week|fortnight|month|quarter|half|year|season|shift)\b
    | /\s?(?:h|day|week|month|quarter|year)\b
    | \b(?:dai|week|month|quarter|year|annual)ly\b | \bannual\b
    | \b(?:by|until|before|at|in)\s+(?:the\s+)?
        (?:end\b|year[- ]end|Q[1-4]\b|(?:19|20)\d\d\b|\d{1,2}\s+[A-Z]
           |(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)
    | \b(?:all\ the|at\ any)\ time\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LETTERS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def activity_in(title: str) -> str:
    """Return the word of work that a title begins with, as it is written there; "" for none.

    Source: guidance, activity.
    """
    written = _LETTERS.findall(title)[:3]
    found = [word.lower() for word in written]
    if len(found) > 1 and " ".join(found[:2]) in ACTIVITIES:
        return " ".join(written[:2])
    if not found or (len(found) > 1 and found[1] in MEASURES):
        return ""
    first = found[0]
    stems = {first, first.removesuffix("ing"), first.removesuffix("ing") + "e", first.removesuffix("ning")}
    is_work = first in ACTIVITIES or (first.endswith("ing") and stems & ACTIVITIES)
    return written[0] if is_work else ""


def wish_in(text: str, *, has_number: bool | None) -> str:
    """Return the first vague word of a text, "" for none.

    Args:
        has_number: None for an objective, which has none of its own: then only words that say nothing at all
            are vague. A key result with a number is never vague, one without by any word of change.

    Source: guidance, vague.
    """
    if has_number:
        return ""
    found = (_WISH if has_number is None else _CHANGE).search(text)
    return found[0] if found else ""


def has_amount(text: str) -> bool:
    """Return whether a number to reach stands in a text; a year or a name with a digit is none.

    Source: guidance, number-in-objective.
    """
    return _AMOUNT.search(text) is not None


def is_opinion(*texts: str) -> bool:
    """Return whether one of these texts speaks of a scale such as 1 to 5 or stars.

    Source: guidance, qualitative.
    """
    return any(_SCALE.search(text.strip()) for text in texts)


def names_period(text: str) -> bool:
    """Return whether a text says for which time it holds: a week, monthly, by the end of March.

    Source: guidance, no-period.
    """
    return _PERIOD.search(text) is not None
