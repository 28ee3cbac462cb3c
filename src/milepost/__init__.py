"""Milepost: an organisation's objectives, key results and KPIs."""

__version__ = "0.1.0"
