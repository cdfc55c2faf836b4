"""Number plates drawn from our own description of them: fonts, country layouts, emblems.

`layouts()` lists what can be drawn, `random_text(layout, rng)` makes up a plate, `draw_plate`
draws it. The training's rendering and the simulated street share this art and nothing else.
"""

from models.plate_art.draw import Art, Look, Place, draw_plate
from models.plate_art.layouts import Band, Layout, layout, layouts
from models.plate_art.text import Written, expression, random_plate, random_text, written

__all__ = [
    "Art",
    "Band",
    "Layout",
    "Look",
    "Place",
    "Written",
    "draw_plate",
    "expression",
    "layout",
    "layouts",
    "random_plate",
    "random_text",
    "written",
]
