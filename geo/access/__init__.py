"""What lies within reach: coverage, demand, service areas, walk network, distances between layers."""
