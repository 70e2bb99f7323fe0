"""Numbers over HTTP: questions, figures, their pages and files."""
