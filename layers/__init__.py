"""What exists: the catalog of a plan, its layers and their features. Imports ``geo`` only."""
