"""Words of sheets, slides, documents and one-file maps, in both languages: one table a message."""

from pathlib import Path

from layers.messages import read_messages

say = read_messages(Path(__file__).parent).say
