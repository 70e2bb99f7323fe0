"""What a plan declares: catalogue, statistics, indicators, views, classes and looks, read from TOML."""
