"""A layer's features: columns, geometry, snapshots with a version, and what of them a reader asks for."""
