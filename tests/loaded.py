"""Loads what workers may need, once, in the process the tests' workers are forked from (`tests.warm`)."""

import webapp.cli.serving
import webapp.loaded  # noqa: F401
from layers.imports import importer  # noqa: F401
