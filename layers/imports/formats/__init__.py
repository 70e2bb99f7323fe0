"""One module a format; each has a ``FORMAT``, and that is all it takes (`layers.imports.formats.registry`)."""
