"""PlanAtlas's statistics beside its peers on the same data: `python -m benchmarks --help`."""
