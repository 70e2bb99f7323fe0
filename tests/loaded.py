"""Loads what workers may need, once, in the process the tests' workers are forked from (`tests.warm`).

What draws as well: the service leaves it to the worker that draws first, where it takes half a second each time.
"""

import gc

import webapp.cli.serving
import webapp.loaded  # noqa: F401
from briefings.onefile import onefile  # noqa: F401
from briefings.write import docx, html, pdf, pptx, site_sheet  # noqa: F401
from layers.imports import importer  # noqa: F401

gc.freeze()  # as `webapp.loaded` does: workers look through none of it
gc.set_threshold(10_000, 10, 10)  # as the tests themselves do
