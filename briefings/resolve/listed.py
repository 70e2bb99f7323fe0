"""The numbers of a map as a table beside it."""

from __future__ import annotations

from briefings.map.description import Description
from briefings.map.listing import Listing
from briefings.messages import say
from briefings.resolve.blocks import Table


def tabulate_listing(said: Description) -> tuple[Table, ...]:
    """Return the table of a map's numbers; none where it has none, or has their list beside it."""
    return () if said.listing is None or said.list_place is not None else (list_table(said.listing),)


def explain_listing(said: Description) -> tuple[str, ...]:
    """Return what is to be known of the table of a map's numbers."""
    if not tabulate_listing(said) or said.listing is None:
        return ()
    brackets = any(not row.placed for group in said.listing.groups for row in group.rows)
    return (say("list_unplaced")[said.listing.language],) if brackets else ()


def list_table(listing: Listing) -> Table:
    """Return a list as a table: a group heads its rows; numbers of what is not on the map stand in brackets."""
    language = listing.language
    heads = (*(say(f"list_{one}")[language] for one in ("number", "name")), listing.unit)
    rows, groups = list[tuple[str, ...]](), list[int]()
    for group in listing.groups:
        counted = say("list_counted", count=len(group.rows), placed=sum(row.placed for row in group.rows))
        groups.append(len(rows))
        rows.append((f"{group.label} · {counted[language]}", "", ""))
        rows += [(row.number if row.placed else f"({row.number})", row.name, row.amount) for row in group.rows]
    return Table(heads, tuple(rows), (False, False, True), groups=tuple(groups))
