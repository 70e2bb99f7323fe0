"""Layers people bring: what a file is, what it says, what was found, and what was decided."""
