"""Layers over HTTP: read, edited, brought in, taken along."""
