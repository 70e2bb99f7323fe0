"""Views of the catalogue and those people keep."""
