"""Long computations: workers that may be stopped, their progress over HTTP."""
