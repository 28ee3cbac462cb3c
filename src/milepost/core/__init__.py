"""Pure maths of goals and measures: no Django, no clock, unknown is None."""
