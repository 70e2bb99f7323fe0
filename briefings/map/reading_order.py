"""In which order a drawn sheet is read aloud."""

from __future__ import annotations

from matplotlib.figure import Figure

from briefings.map.grouping import INSET
from briefings.map.tagged_pdf import Structure


def show_sheet(structure: Structure, figure: Figure, *, alt: str) -> None:
    """Say in which order a drawn sheet is read: title, map and insets, legend and list, what stands at its foot.

    Parameters
    ----------
    structure
        Of the document; it gets the sheet's elements at its end.
    figure
        The sheet.
    alt
        The sentence that stands for its map.
    """
    root, words = structure.root, {text: text.get_gid() or "" for text in figure.texts}
    for head, kind in (("title", "H1"), ("subtitle", "P")):
        lines = [text for text, name in words.items() if name == head]
        if lines:
            structure.show(root.within(kind), *lines)
    for axes in figure.axes:
        name = axes.get_gid() or ""
        if name.startswith(INSET):
            over = [text for text, own in words.items() if own.startswith(f"{name}-line")]
            structure.show(root.within("P"), *over)
            structure.show(root.within("Figure", alt=" ".join(text.get_text() for text in over)), axes)
        elif name == "map":
            structure.show(root.within("Figure", alt=alt), axes)
        else:
            structure.show_list(axes.texts)
    foot = [text for text, name in words.items() if name.startswith("source")]
    if foot:
        structure.show(root.within("P"), *foot)
