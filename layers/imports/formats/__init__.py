"""Formats that can be imported: a registry, and one module a format."""
