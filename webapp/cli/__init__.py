"""The command line: ``python -m webapp.cli <command>``; ``python run.py`` passes its other words here."""
