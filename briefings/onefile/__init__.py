"""A view as one HTML file that asks no network."""
