"""The numbers of a map as a table beside it."""

from __future__ import annotations

from briefings.map.description import Description
from briefings.map.listing import Listing
from briefings.messages import say
from briefings.resolve.blocks import Table
from briefings.resolve.tables import NO_VALUE, without_empty_columns


def tabulate_listing(said: Description) -> tuple[Table, ...]:
    """Return the table of a map's numbers; none where it has none, or has their list beside it."""
    return () if said.listing is None or said.list_place is not None else (list_table(said.listing),)


def explain_listing(said: Description) -> tuple[str, ...]:
    """Return what is to be known of the table of a map's numbers."""
    return listing_notes(said.listing) if tabulate_listing(said) and said.listing is not None else ()


def listing_notes(listing: Listing) -> tuple[str, ...]:
    """Return what is to be known of a list: numbers in brackets, and that no amount is stated."""
    rows = [row for group in listing.groups for row in group.rows]
    unplaced = [say("list_unplaced")] * any(not row.placed for row in rows)
    unstated = [say("list_unstated")] * (any(row.amount for row in rows) and not _has_amounts(listing))
    return tuple(one[listing.language] for one in (*unplaced, *unstated))


def _has_amounts(listing: Listing) -> bool:
    return any(row.amount not in NO_VALUE for group in listing.groups for row in group.rows)


def list_table(listing: Listing) -> Table:
    """Return a list as a table: a group heads its rows; numbers of what is not on the map stand in brackets.

    Amounts have a column where there are any.
    """
    language = listing.language
    heads = (*(say(f"list_{one}")[language] for one in ("number", "name")), listing.unit)
    rows, groups = list[tuple[str, ...]](), list[int]()
    for group in listing.groups:
        counted = say("list_counted", count=len(group.rows), placed=sum(row.placed for row in group.rows))
        groups.append(len(rows))
        rows.append((f"{group.label} · {counted[language]}", "", ""))
        rows += [(row.number if row.placed else f"({row.number})", row.name, row.amount) for row in group.rows]
    return without_empty_columns(Table(heads, tuple(rows), (False, False, True), groups=tuple(groups)))[0]
