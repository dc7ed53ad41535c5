"""Writes down what matplotlib draws, as short SVG elements that a page can put together again.

A drawing is a list that alternates between the number of a look (how it is painted) and what is painted:
the data of a path, the corners of a row of markers, or a place and its words.
"""

import base64
import io
import re

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from PIL import Image

from ppo_edu.drawing.quicktext import QuickText
from ppo_edu.drawing.style import CSS_DPI

UNITS = 4  # to a CSS pixel: whole numbers are short, and straight lines lie on halves of a pixel
_THRESHOLD = 0.25  # of a pixel: how far a curve may be from its points
_PIXELS_PER_POINT = CSS_DPI / 72
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_COMMANDS = {Path.LINETO: ("l", 1), Path.CURVE3: ("q", 2), Path.CURVE4: ("c", 3)}


class Recorder(RendererBase):
    """A renderer that keeps what is drawn instead of painting it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn once already, so that everything has its place.

    Attributes
    ----------
    looks : dict
        From each look, a tuple of pairs (attribute of SVG, value), to its number.
    """

    def __init__(self, figure):
        super().__init__()
        self.width, self.height = (round(side * CSS_DPI) for side in figure.get_size_inches())
        self.dpi = CSS_DPI
        # Words must be as wide here as where the layout was made.
        self._agg = FigureCanvasAgg(figure).get_renderer()
        self.looks = {}
        self._drawing = []

    def drawing_of(self, artist):
        """Return what `artist` draws now, a tuple."""
        self._drawing = []
        if isinstance(artist, QuickText):
            self._quick_text(artist)
        else:
            if isinstance(artist, AxesImage):
                # The picture's own pixels; a page makes them larger.
                artist.set_interpolation("none")
            artist.draw(self)
        return tuple(self._drawing)

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return np.asarray(points) * _PIXELS_PER_POINT

    def get_text_width_height_descent(self, s, prop, ismath):
        return self._agg.get_text_width_height_descent(s, prop, ismath)

    def option_scale_image(self):
        return True

    def draw_path(self, gc, path, transform, rgbFace=None):
        look = self._look(gc, rgbFace)
        if look.keys() & {"fill", "stroke"}:
            snapped = {"snap": gc.get_snap(), "stroke_width": self.points_to_pixels(gc.get_linewidth())}
            self._keep(look, self._data(path, transform, filled=rgbFace is not None, **snapped))

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        places = trans.transform(path.vertices)
        places = places[np.isfinite(places).all(axis=1)]
        look = self._look(gc, rgbFace)
        if len(places) == 1:
            where = marker_trans + Affine2D().translate(*places[0])
            self._keep(look, self._data(marker_path, where, filled=rgbFace is not None))
        elif len(places):
            # Markers of SVG, which are painted one by one: where half-transparent ones overlap, both count.
            clip = look.pop("clip", None)
            around = marker_trans + Affine2D().translate(0, self.height)
            shape = self._data(marker_path, around, filled=rgbFace is not None)
            look = {"marker": (tuple(look.items()), shape)} | ({"clip": clip} if clip else {})
            self._keep(look, _polyline(self._units(places)))

    def draw_quad_mesh(
        self,
        gc,
        master,
        width,
        height,
        coordinates,
        offsets,
        offset_transform,
        facecolors,
        antialiased,
        edges,
    ):
        # Colour bars are the course's only meshes: as a picture, a tenth of the size.
        corners = master.transform(coordinates[[0, -1], [0, -1]])
        (x0, y0), (x1, y1) = corners
        pixels = (255 * np.asarray(facecolors)).round().astype(np.uint8).reshape(height, width, 4)
        self.draw_image(gc, 0, 0, pixels, Affine2D().scale(x1 - x0, y1 - y0).translate(x0, y0))

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath or angle not in (0, 90):
            # A formula, as outlines: no reader's font is needed for it.
            outlines = TextPath((0, 0), s, size=prop.get_size_in_points() * _PIXELS_PER_POINT, prop=prop)
            where = Affine2D().rotate_deg(angle).translate(x, self.height - y)
            look = {"fill": to_hex(gc.get_rgb()[:3])}
            self._keep(look, self._data(outlines, where, filled=True))
            return
        width = self._agg.get_text_width_height_descent(s, prop, False)[0]
        # A reader's font is wider or narrower: let it grow from where the words are held.
        held = mtext.get_horizontalalignment() if mtext is not None and not angle else "center"
        along = {"left": 0, "center": 0.5, "right": 1}[held] * width
        x, y = (x + along, y) if not angle else (x, y - along)
        look = {
            "fill": to_hex(gc.get_rgb()[:3]),
            "font-size": round(prop.get_size_in_points() * _PIXELS_PER_POINT * UNITS),
            "text-anchor": _ANCHORS[held],
        }
        if prop.get_weight() in ("bold", 700):
            look["font-weight"] = "bold"
        if angle:
            look["turned"] = 1
        # From the top here, as Agg counts.
        self._keep(look, f"{round(x * UNITS)} {round(y * UNITS)} {s}")

    def flipy(self):
        return True

    def draw_image(self, gc, x, y, im, transform=None):
        if im.size == 0:
            return
        rows, columns = im.shape[:2]
        # A transform takes the unit square to where the picture is, seen from x and y.
        box = transform.transform([[0, 0], [1, 1]]) if transform else [[0, 0], [columns, rows]]
        (x0, y0), (x1, y1) = np.add(box, (x, y))
        buffer = io.BytesIO()
        # In matplotlib the lowest row comes first.
        above = Image.fromarray(np.ascontiguousarray(im[::-1])).convert("RGBA")
        above.putalpha(above.getchannel("A").point(lambda opaque: round(opaque * gc.get_alpha())))
        flat = Image.new("RGBA", above.size, "white")
        flat.alpha_composite(above)
        flat = flat.convert("RGB").quantize(64)
        flat.save(buffer, "PNG", optimize=True)
        left, top = round(x0 * UNITS), round((self.height - y1) * UNITS)
        wide, high = round((x1 - x0) * UNITS), round((y1 - y0) * UNITS)
        look = {"image": f"{left} {top} {wide} {high}"}
        self._keep(look, "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii"))

    def _quick_text(self, artist):
        if not (artist.get_visible() and artist.get_text().strip()):
            return
        x, y = artist.get_transform().transform(artist.get_unitless_position())
        look = {
            "fill": to_hex(artist.get_color()),
            "font-size": round(artist.get_size() * _PIXELS_PER_POINT * UNITS),
            "text-anchor": _ANCHORS[artist.get_horizontalalignment()],
        }
        self._keep(look, f"{round(x * UNITS)} {round((self.height - y) * UNITS)} {artist.get_text()}")

    def _keep(self, look, what):
        if what:
            number = self.looks.setdefault(tuple(look.items()), len(self.looks))
            self._drawing += [number, what]

    def _look(self, gc, face):
        look = {}
        if face is not None:
            look["fill"] = to_hex(face[:3])
            opacity = gc.get_alpha() if gc.get_forced_alpha() or len(face) == 3 else face[3]
            look |= {"fill-opacity": round(float(opacity), 3)} if opacity < 1 else {}
        width = gc.get_linewidth() * _PIXELS_PER_POINT
        red, green, blue, opacity = gc.get_rgb()
        if width > 0 and opacity > 0:
            look["stroke"] = to_hex((red, green, blue))
            look["stroke-width"] = round(width * UNITS, 1)
            look |= {"stroke-opacity": round(float(opacity), 3)} if opacity < 1 else {}
            cap, join = gc.get_capstyle(), gc.get_joinstyle()
            look |= {"stroke-linecap": "square" if cap == "projecting" else cap} if cap != "butt" else {}
            look |= {"stroke-linejoin": join} if join != "miter" else {}
            _, dashes = gc.get_dashes()
            if dashes is not None:
                lengths = (f"{dash * _PIXELS_PER_POINT * UNITS:.4g}" for dash in dashes)
                look["stroke-dasharray"] = " ".join(lengths)
        if gc.get_clip_rectangle() is not None:
            x0, y0, x1, y1 = gc.get_clip_rectangle().extents
            corner = (x0, self.height - y1, x1 - x0, y1 - y0)
            look["clip"] = tuple(round(float(side) * UNITS) for side in corner)
        return look

    def _units(self, places):
        return np.rint((np.asarray(places) * [1, -1] + [0, self.height]) * UNITS).astype(int)

    def _data(self, path, transform, filled, **snapped):
        """Return the data of an SVG path, in relative steps of whole units."""
        straight = path.codes is None or not np.isin(path.codes, (Path.CURVE3, Path.CURVE4)).any()
        closed = filled and _is_one_ring(path)
        if closed:
            path = Path(path.vertices[:-1] if path.codes is not None else path.vertices)
        # From the top before it is moved to whole pixels, as Agg does it.
        transform = transform + Affine2D().scale(1, -1).translate(0, self.height)
        if straight and len(path) > 2:
            path = Path(path.vertices, path.codes)
            path.simplify_threshold = _THRESHOLD
        # What lies far outside of the picture costs nothing, but a filled shape must keep its edge.
        box = None if filled else (-20, -20, self.width + 20, self.height + 20)
        path = path.cleaned(
            transform=transform,
            remove_nans=True,
            clip=box,
            simplify=straight and len(path) > 2,
            curves=True,
            **snapped,
        )
        ends = np.flatnonzero(path.codes == Path.STOP)
        count = ends[0] if len(ends) else len(path.codes)
        points = np.rint(path.vertices[:count] * UNITS).astype(int).tolist()
        codes = path.codes[:count].tolist()
        return _commands(points, codes) + ("z" if closed else "")


def _is_one_ring(path):
    codes = path.codes
    if codes is None:
        return True
    return codes[-1] == Path.CLOSEPOLY and (codes[1:-1] == Path.LINETO).all()


def _commands(points, codes):
    parts, last, x, y, index = [], "", 0, 0, 0
    while index < len(codes):
        code = codes[index]
        if code == Path.CLOSEPOLY:
            parts.append("z")
            last, index = "z", index + 1
        elif code == Path.MOVETO:
            x, y = points[index]
            parts.append(f"M{x} {y}")
            last, index = "M", index + 1
        else:
            letter, count = _COMMANDS[code]
            ends = points[index : index + count]
            index += count
            if letter == last == "l" and ends == [[x, y]]:
                continue
            steps = " ".join(f"{right - x} {down - y}" for right, down in ends)
            parts.append(("" if letter == last else letter) + (" " if letter == last else "") + steps)
            (x, y), last = ends[-1], letter
    return _short("".join(parts))


def _polyline(points):
    steps = np.diff(points, axis=0).tolist()
    x, y = points[0].tolist()
    return _short(f"M{x} {y}l" + " ".join(f"{right} {down}" for right, down in steps))


def _short(data):
    return re.sub(r" -", "-", data)
