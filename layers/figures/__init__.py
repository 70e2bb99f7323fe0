"""From a question to a figure: roles, computation, evidence, the shelf, files to download."""
