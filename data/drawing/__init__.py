"""The schematic drawing."""
