"""One layer cut by another: tabulation by zone and class, exact, block by block."""
