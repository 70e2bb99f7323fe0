"""A view drawn on paper: ground, layers, labels, legend and what stands around them."""
