"""The words that goals, key results and check-ins share."""

from typing import Annotated, Literal

from ninja import Field
from pydantic import StringConstraints

from milepost.api.schemas.base import NO_NUL

State = Literal["draft", "in_review", "active", "paused", "cancelled", "closed"]
Ambition = Literal["committed", "aspirational", "learning"]
Counts = Literal["key_results", "objectives", "both"]
Kind = Literal["reach", "keep", "levels", "milestone", "tasks", "percent", "judged", "baseline", "children"]
Combine = Literal["sum", "mean", "weighted_mean"]
Curve = Literal["linear", "checkpoints", "front", "back", "s"]
Window = Literal["default", "last", "last_4", "cycle"]
GoalStatus = Literal["off_track", "at_risk", "on_track", "ahead", "reached", "ended", "done", "early", "no_value"]
Text = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=5000)]
Short = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=1000)]
Priority = Annotated[int, Field(ge=0, le=4, description="0 comes first.")]
Confidence = Annotated[int, Field(ge=1, le=10, examples=[6])]
