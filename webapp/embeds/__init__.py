"""Maps and figures inside other people's pages."""
