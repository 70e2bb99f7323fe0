"""What a module of the command line adds its commands to.

What a command was asked is its own class of attributes, a protocol: argparse fills a Namespace, which says of no
attribute what it is.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Protocol


class Commands(Protocol):
    """Where commands are added: what ``add_subparsers`` returns; argparse keeps its type private."""

    def add_parser(
        self, name: str, *, parents: Sequence[ArgumentParser] = (), help: str | None = None
    ) -> ArgumentParser:
        """Add a command and return the parser of its words."""
