"""What can go wrong around KPIs and readings, in sentences for people."""

from milepost.workspace.errors import DomainError, Invalid


class FutureValue(Invalid):
    """A value may not be dated in the future (rule K9)."""

    def __init__(self, day: str) -> None:
        super().__init__(f"{day} has not come yet. A value can be dated today or earlier.", field="period")


class ReadsKpi(DomainError):
    """The key result reads a KPI, so its value is written there (rule P8)."""

    def __init__(self, kpi: str) -> None:
        super().__init__(f"This key result reads the KPI {kpi}. Write the value there.", field="value")


class Calculated(DomainError):
    """The KPI is calculated from others, so values are written there (rule K7)."""

    def __init__(self, kpi: str) -> None:
        super().__init__(
            f"“{kpi}” is calculated by a formula and takes no values. Write those of the KPIs it reads.", field="value"
        )
