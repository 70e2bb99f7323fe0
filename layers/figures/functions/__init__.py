"""What can be computed, one family of questions a module."""
