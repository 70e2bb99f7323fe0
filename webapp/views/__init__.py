"""Views of the catalog and those people keep."""
