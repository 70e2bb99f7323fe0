"""One place looked up: a feature's dossier, a point, or a polygon that was drawn."""
