"""A plan's folder, open: its layers as they are now, edits, where they came from, backup."""
