"""folium made safe: no second compilation, stable names, no file from elsewhere, nothing inline."""

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import folium
import pytest
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from webapp.map.foliumkit import UnknownAsset, UnsafePage, page_parts

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
HOSTILE = "{{ 7*7 }}{% for x in y %}{{ cycler.__init__.__globals__.os.getcwd() }}"


class Said(MacroElement):
    """Writes a given text into the page's script, as folium's elements write their values."""

    _template = Template("{% macro script(this, kwargs) %}say({{ this.text|tojavascript }});{% endmacro %}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Said"
        self.text = text


def _map(*children: Element) -> folium.Map:
    made = folium.Map([30, 104], tiles=None)
    for child in children:
        made.add_child(child)
    return made


def test_values_are_never_compiled_as_a_template() -> None:
    script = page_parts(_map(Said(HOSTILE)), name="t").script
    assert "{{ 7*7 }}" in script
    assert "49" not in script


def test_without_the_protection_values_do_run() -> None:
    """The danger is real with this very branca: what the kit replaces evaluates the same text."""
    code = (
        "import folium, branca.element as b\n"
        "from folium.template import Template\n"
        "class S(b.MacroElement):\n"
        "    _template = Template('{% macro script(this, kwargs) %}say({{ this.text|tojson }});{% endmacro %}')\n"
        "    text = '{{ 7*7 }}'\n"
        "m = folium.Map(tiles=None); m.add_child(S()); print('say(\"49\")' in m.get_root().render())\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "True"


def test_the_same_map_is_the_same_text_in_every_process() -> None:
    code = (
        "import folium; from folium.plugins import Fullscreen; from webapp.map.foliumkit import page_parts\n"
        "m = folium.Map([30, 104], tiles=None); Fullscreen().add_to(m)\n"
        "p = page_parts(m, name='t'); print(p.body, p.script, p.style, p.scripts)\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert "map_t" in runs.pop()


def test_parity_with_stock_folium_for_harmless_values() -> None:
    """Rendering once gives what rendering twice gave, when there is nothing to run in the values."""
    code = (
        "import folium, sys\n"
        "from folium.plugins import Fullscreen, MiniMap\n"
        "if sys.argv[1] == 'kit': import webapp.map.foliumkit\n"
        "from branca.element import Element\n"
        "n = iter(range(10**6)); Element._generate_id = classmethod(lambda cls: str(next(n)))\n"
        "m = folium.Map([30, 104], control_scale=True); Fullscreen().add_to(m); MiniMap().add_to(m)\n"
        "folium.CircleMarker([30, 104], radius=3).add_to(m); folium.LayerControl().add_to(m)\n"
        "print(m.get_root().render())\n"
    )
    ran = [
        subprocess.run(
            [sys.executable, "-c", code, mode], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        for mode in ("stock", "kit")
    ]
    names = [_renamed(text) for text in ran]
    assert names[0] == names[1]


def _renamed(text: str) -> list[str]:
    seen: dict[str, str] = {}
    words = re.sub(r"_\d+\b", lambda m: "_" + seen.setdefault(m.group(), str(len(seen))), text)
    return words.split()


def test_a_file_that_is_not_held_locally_is_refused() -> None:
    class Foreign(folium.elements.JSCSSMixin):
        default_js = [("far", "https://cdn.example/x.js")]  # noqa: RUF012

    with pytest.raises(UnknownAsset, match=r"cdn\.example"):
        page_parts(_map(Foreign()), name="t")


def test_markup_that_would_need_inline_script_is_refused() -> None:
    class Image(MacroElement):
        _template = Template("{% macro header(this, kwargs) %}<img src=x onerror=alert(1)>{% endmacro %}")

    with pytest.raises(UnsafePage, match="img"):
        page_parts(_map(Image()), name="t")


def test_folium_is_pinned_exactly() -> None:
    pins = (ROOT / "requirements.in").read_text("utf-8")
    assert f"folium=={version('folium')}" in pins
    assert "branca==" in pins
    assert isinstance(Figure(), Element)


def test_only_the_kit_and_the_map_page_touch_folium() -> None:
    users = []
    for path in (ROOT / "webapp").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        if any(name.split(".")[0] in ("folium", "branca") for name in names):
            users.append(path.name)
    assert sorted(users) == ["foliumkit.py", "frame.py"]
