"""The map page, its background, places looked up on it, and pictures and one-file maps of it."""
