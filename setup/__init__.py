"""Set-up, tests, checks and bundles: what `run.py` does, with the standard library only.

Nothing here is imported by the service, and nothing of the service is imported here: it runs before there is
anything to import.
"""
