"""Who approved an objective, and why it was sent back."""

from datetime import datetime

from ninja import Field, Schema


class AnswerOut(Schema):
    """What a reviewer said, and when."""

    person_id: int
    name: str
    at: datetime


class ChangesOut(AnswerOut):
    """What a reviewer wants changed first."""

    reason: str


class ApprovalsOut(Schema):
    """The approvals of an objective so far; with `wanted` of them it starts."""

    state: str = Field(examples=["in_review"])
    wanted: int = Field(description="How many the workspace asks for.")
    approved: list[AnswerOut]
    changes: ChangesOut | None = Field(description="Why it was sent back, while it is a draft again.")
    can_approve: bool = Field(description="It waits for the yes of the holder of the token.")
