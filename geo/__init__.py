"""Exact numbers on geometry: areas, tabulation, coverage, proximity. No files, no web, no place names."""
