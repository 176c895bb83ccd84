"""Elements of SVG and HTML, on the standard library's ElementTree, which escapes what it writes.

Owns how an element is made and how text is measured without a browser; what is drawn is its
callers'. Lengths are pixels of the drawing.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

# The width of a letter of a sans-serif font of size 1, over a mixed text, rounded up.
_LETTER = 0.56
INK, GREY = "#1a1a2e", "#5c6270"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


def add(parent: Element, tag: str, text: str = "", **attributes: object) -> Element:
    """Append an element. In names of attributes _ stands for -, and a last _ is dropped."""
    element = SubElement(parent, tag, _named(attributes))
    element.text = text or None
    return element


def drawing(width: float, height: float, title: str, description: str) -> Element:
    """Begin an SVG that stands alone; title and description are for who cannot see it."""
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "width": number(width),
        "height": number(height),
        "role": "img",
        "font-family": FONT,
    }
    root = Element("svg", attributes)
    add(root, "title", title)
    add(root, "desc", description)
    add(root, "rect", width=width, height=height, fill="white")
    return root


def line(
    parent: Element,
    start: tuple[float, float],
    end: tuple[float, float],
    stroke: str = INK,
    width: float = 1,
    dash: str = "",
) -> None:
    """A straight line."""
    (x1, y1), (x2, y2) = start, end
    dashes = {"stroke_dasharray": dash} if dash else {}
    add(parent, "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, **dashes)


def words(
    parent: Element,
    text: str,
    at: tuple[float, float],
    size: float = 12,
    *,
    anchor: str = "start",
    bold: bool = False,
    fill: str = INK,
    halo: bool = False,
) -> None:
    """Text on its base line; with a halo it stays legible over lines."""
    x, y = at
    style: dict[str, object] = {"font_weight": 600} if bold else {}
    if halo:
        style |= {"stroke": "white", "stroke_width": 4, "paint_order": "stroke"}
        style |= {"stroke_linejoin": "round"}
    add(parent, "text", text, x=x, y=y, font_size=size, text_anchor=anchor, fill=fill, **style)


def serialise(root: Element) -> str:
    """An SVG as a file of its own."""
    return tostring(root, encoding="unicode") + "\n"


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def text_width(text: str, size: float) -> float:
    """About how wide a text is."""
    return len(text) * size * _LETTER


def path(points: list[tuple[float, float]]) -> str:
    """A polyline as the data of a path."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _named(attributes: dict[str, object]) -> dict[str, str]:
    return {
        name.rstrip("_").replace("_", "-"): number(value)
        if isinstance(value, (int, float))
        else str(value)
        for name, value in attributes.items()
    }
