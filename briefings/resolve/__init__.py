"""A briefing resolved: every map and every number made once, on one state of the data."""
