"""What a plan declares: catalog, statistics, indicators, views, classes and looks, read from TOML."""
