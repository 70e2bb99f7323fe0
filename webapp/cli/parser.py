"""The command line's parser: what it cannot read it says in both languages, with the word that may be meant."""

from __future__ import annotations

import argparse
import re
import sys
from difflib import get_close_matches
from typing import NoReturn

from geo.text import Text
from webapp.messages import say, say_both

# What argparse says, and the message that says it in both languages; the parts in brackets are its values.
_SAID = (
    (r"the following arguments are required: (?P<names>.+)", "cli_words_missing"),
    (
        r"argument (?P<name>\S+): invalid choice: '(?P<found>.*?)' \(choose from (?P<known>.+)\)",
        "cli_word_unknown",
    ),
    (r"argument (?P<name>\S+): invalid (?:float|int) value: '(?P<found>.*)'", "cli_word_no_number"),
    (r"argument (?P<name>\S+): expected .*", "cli_word_alone"),
    (r"unrecognized arguments: (?P<found>.+)", "cli_word_unknown_here"),
)
_NEAR = 0.7  # how alike two words are, of 1, so that one may be meant by the other
_WRONG_WORDS = 2  # the exit status argparse has for it


class SpokenParser(argparse.ArgumentParser):
    """A parser whose errors are in Chinese and English, and name what there is."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words of a command and where it is described, and end.

        Parameters
        ----------
        message
            As argparse words it; what is not known of its words is shown as it is.
        """
        told = next(
            (self._told(key, found) for how, key in _SAID if (found := re.fullmatch(how, message))), message
        )
        sys.stderr.write(f"{self.format_usage()}{told}\n{say_both('cli_see_help', command=self._help())}\n")
        sys.exit(_WRONG_WORDS)

    def _told(self, key: str, found: re.Match[str]) -> str:
        values: dict[str, object] = {name: text[:200] for name, text in found.groupdict().items()}
        known = re.findall(r"[\w.-]+", found.groupdict().get("known", "")) or self._flags()
        said = found.groupdict().get("found", "").split(maxsplit=1)
        near = get_close_matches(said[0], known, n=1, cutoff=_NEAR) if said else []
        meant = say("cli_meant", near=near[0]) if near else Text("", "")
        told = say(key, **{**values, "known": ", ".join(known), "meant": meant})
        return f"{told.zh}\n{told.en}"

    def _help(self) -> str:
        """Return the command that describes this one."""
        _, *command = self.prog.split()
        return f"python run.py {' '.join([*command, '--help'] if command else ['help'])}"

    def _flags(self) -> list[str]:
        """Return the options there are."""
        return list(dict.fromkeys(re.findall(r"--[\w-]+", self.format_usage())))
