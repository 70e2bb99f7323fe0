"""What is measured and in which plane: areas, lengths, moments, coordinate systems, datums, validity."""
