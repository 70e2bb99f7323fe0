"""Briefings over HTTP."""
