"""What exists: the catalogue of a plan, its layers and their features. Imports ``geo`` only."""
