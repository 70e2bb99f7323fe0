"""Where layers' versions are kept: embedded in a folder, or in PostGIS."""
