"""Every component in every state, for whoever works on the pages; served in development only."""

from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.web.icons import NAMES
from milepost.web.words import LOOKS

BARS = ((-0.12, 0.3), (0.0, 0.57), (0.28, 0.57), (0.48, 0.57), (0.71, 0.57), (1.18, 0.57), (None, None))
WORDS = ("off_track", "no_value", "off_track", "on_track", "ahead", "reached", "no_value")


def styleguide(request: HttpRequest) -> HttpResponse:
    bars = [
        SimpleNamespace(title=f"Goal {i}", score=done, progress=done, expected=plan, word=word)
        for i, ((done, plan), word) in enumerate(zip(BARS, WORDS, strict=True))
    ]
    confidences = [
        SimpleNamespace(confidence=now, confidence_before=before)
        for now, before in ((6, 7), (8, 7), (5, 5), (None, None))
    ]
    context = {"words": LOOKS, "bars": bars, "confidences": confidences, "icons": NAMES}
    return render(request, "styleguide/page.html", context)
