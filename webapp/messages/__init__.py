"""Words of pages, page scripts and command line, in both languages: one table a message."""

from pathlib import Path

from layers.messages import read_messages

MESSAGES = read_messages(Path(__file__).parent)
say = MESSAGES.say


def say_both(key: str, between: str = " / ", **values: object) -> str:
    """Return a message in Chinese, then in English: for a terminal, which has no language of its own."""
    told = say(key, **values)
    return f"{told.zh}{between}{told.en}"
