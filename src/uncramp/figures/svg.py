"""The picture: what is drawn, layer upon layer, with its name and its words."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise

from uncramp.figures import arrows, marks, motion, palette, shapes
from uncramp.figures.layout import HEIGHT, WIDTH, Paper, key_moments, paper
from uncramp.figures.marks import Mark
from uncramp.figures.motion import Frame, Moment
from uncramp.figures.outline import number, smooth
from uncramp.figures.props import DRAWN, HELD
from uncramp.figures.scene import Figure, Scene, Table, read_scene
from uncramp.figures.shapes import Layer
from uncramp.figures.solve import Placed
from uncramp.figures.vectors import Point, distance, heading, nearest

STRAP_LENGTH = 100.0


def draw(name: str, table: Table, moving: bool = False) -> str:
    """The scene `name` as an SVG; a moving one goes from start to end twice and rests at its end."""
    return _Drawing(read_scene(name, table), moving).svg()


class _Drawing:
    def __init__(self, scene: Scene, moving: bool) -> None:
        self.scene = scene
        keys = key_moments(scene)
        self.keys = keys
        self.paper: Paper = paper(scene, keys)
        self.moving = moving and scene.moves > 0
        self.moments: list[Moment] = (
            motion.moments(scene, self.paper.scale) if self.moving else [(0.0, keys[0]), (1.0, keys[-1])]
        )
        self.defs: dict[str, str] = {}
        self.names: set[str] = {"page"}
        self.frames: dict[str, tuple[str, Frame, bool]] = {}
        self.movements: list[str] = []

    # ---- the whole ----

    def svg(self) -> str:
        scene = self.scene
        layers = "".join(self.layers())
        title, desc = f"{scene.id}-title", f"{scene.id}-desc"
        css = palette.style(self.names, "".join(self.movements), scene.cycle)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            f' aria-labelledby="{title} {desc}">'
            f'<title id="{title}">{escape(scene.title)}</title><desc id="{desc}">{escape(scene.desc)}</desc>'
            f"<style>{css}</style><defs>{''.join(self.defs.values())}</defs>"
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="10"/>{layers}</svg>\n'
        )

    def layers(self) -> Iterable[str]:
        main = self.scene.figures[0]
        others = self.scene.figures[1:]
        under = "f_leg" in main.look.get("under", ())
        if under:
            yield self.shadow() + self.body(0, shapes.far_leg(main.look))
        yield self.props("back")
        if not under:
            yield self.shadow()
        if self.scene.ghost and self.scene.moves:
            yield self.ghost()
        for i, other in enumerate(others, 1):
            yield from self.before(i) if other.behind else (self.body(i, shapes.far_arm(other.look)),)
        yield from self.person(0)
        for i, other in enumerate(others, 1):
            if not other.behind:
                yield from self.after(i)
            elif "n_arm" in other.look.get("over", ()):
                yield self.body(i, shapes.near_arm(other.look))
        yield self.props("front")
        yield self.all_arrows()

    def before(self, i: int) -> Iterable[str]:
        """A helping person behind the sore one, but for an arm that lies over the sore one."""
        look = self.scene.figures[i].look
        yield self.body(i, shapes.far_arm(look))
        yield self.rest_of(i)
        if "n_arm" not in look.get("over", ()):
            yield self.body(i, shapes.near_arm(look))

    def after(self, i: int) -> Iterable[str]:
        """A helping person in front of the sore one; the far arm already lies behind."""
        yield self.rest_of(i)
        yield self.body(i, shapes.near_arm(self.scene.figures[i].look))

    def rest_of(self, i: int) -> str:
        look = self.scene.figures[i].look
        if look.get("only") == "arms":
            return ""
        return "".join(self.body(i, layer(look)) for layer in (shapes.far_leg, shapes.trunk, shapes.near_leg))

    def person(self, i: int) -> Iterable[str]:
        look = self.scene.figures[i].look
        affected = look.get("affected", "n")
        if "f_arm" not in look.get("front", ()):
            yield self.body(i, shapes.far_arm(look))
        if "f_leg" not in look.get("under", ()):
            yield self.body(i, shapes.far_leg(look))
        yield self.body(i, shapes.trunk(look))
        yield self.body(i, shapes.near_leg(look))
        if affected:
            yield self.muscle(i, f"{affected}_thigh", "ham")
        if calf := look.get("calf"):
            yield self.muscle(i, f"{calf}_shin", "calf")
        yield self.props("mid")
        if "f_arm" in look.get("front", ()):
            yield self.body(i, shapes.far_arm(look))
        yield self.body(i, shapes.near_arm(look))

    # ---- people ----

    def shape(self, i: int, shape: str) -> str:
        """The id of a shape in the definitions."""
        figure = self.scene.figures[i]
        kind = "" if i == 0 or shape in SHARED else "-b"
        name = f"{self.scene.id}-{shape}{kind}"
        if name not in self.defs:
            points = [self.in_bone(p) for p in shapes.outlines(figure.look)[shape]]
            self.defs[name] = f'<path id="{name}" d="{smooth(points)}"/>'
        return name

    def in_bone(self, p: Point) -> Point:
        return p[0] * self.paper.scale, -p[1] * self.paper.scale

    def body(self, i: int, layer: Layer) -> str:
        """One limb: first all its outlines in ink, then all its fills, so that no line crosses a joint."""
        uses = [(self.use(i, bone, shape), colour) for bone, shape, colour in layer]
        self.names |= {"ink", "ink-line"} | {colour for _, colour in uses}
        outline = "".join(use.format("") for use, _ in dict.fromkeys(uses))
        fills = "".join(use.format(colour) for use, colour in uses)
        return self.mirrored(i, f'<g class="ink-line">{outline}</g>{fills}')

    def use(self, i: int, bone: str, shape: str, still: bool = False) -> str:
        """A shape on its bone, with a gap for its colour."""
        movement, attribute = self.frame(i, bone)
        moves = "" if still else movement
        return f'<use href="#{self.shape(i, shape)}" class="{{}}{moves}" transform="{attribute}"/>'

    def frame(self, i: int, bone: str) -> tuple[str, str]:
        """The classes that move a bone, and the transform of its end."""
        frames = [self.bone_frame(i, moment[i], bone) for _, moment in self.moments]
        return self.movement(f"{self.scene.figures[i].name}-{bone}", frames)

    def bone_frame(self, i: int, figure: Placed, bone: str) -> Frame:
        part = figure.parts[bone]
        x, y = self.local(i, part.at)
        fs = self.scene.figures[i].look.get("fs", {}).get(bone)
        return (x, y, -part.angle, fs) if fs else (x, y, -part.angle)

    def local(self, i: int, p: Point) -> Point:
        """A point of a figure on the paper, or inside the mirrored group of one that faces left."""
        if self.scene.figures[i].facing < 0:
            return self.paper.scale * p[0], self.paper.place(p)[1]
        return self.paper.place(p)

    def mirrored(self, i: int, content: str) -> str:
        figure = self.scene.figures[i]
        if figure.facing > 0:
            return content
        x, _ = self.paper.place((figure.x0, 0.0))
        return f'<g transform="translate({number(x)} 0)scale(-1 1)">{content}</g>'

    def movement(self, name: str, frames: list[Frame]) -> tuple[str, str]:
        """Key frames under `name`, written once, where anything moves at all."""
        frames = unwound(frames)
        if name not in self.frames:
            moves = self.moving and any(motion.css(f) != motion.css(frames[0]) for f in frames)
            if moves:
                times = [time for time, _ in self.moments]
                self.movements.append(motion.key_frames(name, times, frames, self.scene.cycle))
            self.frames[name] = (name, frames[-1], moves)
        _, last, moves = self.frames[name]
        return (f" m {name}" if moves else ""), motion.attribute(last)

    def muscle(self, i: int, bone: str, muscle: str) -> str:
        """The sore muscle: a halo in the page's colour, the muscle, its fibres."""
        self.names |= {"halo", "hamstring", "fibre"}
        name = f"{self.scene.id}-fibres"
        lines = (
            smooth([self.in_bone(p) for p in line], closed=False)
            for line in shapes.fibres(muscle, self.scene.figures[i].look)
        )
        self.shape(i, muscle)
        self.defs[name] = f'<path id="{name}" d="{"".join(lines)}"/>'
        use = self.use(i, bone, muscle)
        fibres = use.replace(self.shape(i, muscle), name)
        return self.mirrored(i, use.format("halo") + use.format("hamstring") + fibres.format("fibre"))

    def ghost(self) -> str:
        """Where it began: the moving parts at the start, as one shape with a broken line round it."""
        self.names |= {"ghost", "ghost-line"}
        groups = "".join(self.start_of(i) for i in range(len(self.scene.figures)))
        if not groups:
            return ""
        sid = self.scene.id
        self.defs["ghost"] = (
            f'<g id="{sid}-start">{groups}</g>'
            f'<mask id="{sid}-mask" maskUnits="userSpaceOnUse" x="0" y="0" width="{WIDTH}" height="{HEIGHT}">'
            f'<path fill="#fff" d="M0 0H{WIDTH}V{HEIGHT}H0z"/><use href="#{sid}-start"/></mask>'
        )
        return (
            f'<use href="#{sid}-start" class="ghost" opacity=".16"/>'
            f'<g mask="url(#{sid}-mask)">'
            f'<use href="#{sid}-start" class="ghost-line" stroke-dasharray="4 3"/></g>'
        )

    def start_of(self, i: int) -> str:
        figure = self.scene.figures[i]
        start, end = self.keys[0][i], self.keys[-1][i]
        uses = []
        for bone, shape, _ in whole(figure):
            a, b = self.bone_frame(i, start, bone), self.bone_frame(i, end, bone)
            if distance((a[0], a[1]), (b[0], b[1])) > 2 or abs(a[2] - b[2]) > 2:
                uses.append(f'<use href="#{self.shape(i, shape)}" transform="{motion.attribute(a)}"/>')
        return self.mirrored(i, "".join(uses)) if uses else ""

    # ---- things ----

    def shadow(self) -> str:
        """A soft shade on the floor below what touches it."""
        if not any(prop["t"] == "floor" for prop in self.scene.props):
            return ""
        self.names.add("floor")
        low = [figure.world(p)[0] for figure in self.keys[-1] for p in figure.points.values() if p[1] < 0.10]
        if not low:
            return ""
        x, y = self.paper.place(((min(low) + max(low)) / 2, -0.006))
        rx = self.paper.scale * (max(low) - min(low)) / 2 + 6
        return (
            f'<ellipse class="floor" fill-opacity=".28" cx="{number(x)}" cy="{number(y)}"'
            f' rx="{number(rx)}" ry="3.5"/>'
        )

    def props(self, layer: str) -> str:
        return "".join(self.prop(n, p) for n, p in enumerate(self.scene.props) if layer == layer_of(p))

    def prop(self, n: int, prop: Table) -> str:
        kind = prop["t"]
        if kind == "floor":
            self.names.add("floor-line")
            _, y = self.paper.place((0.0, 0.0))
            return f'<path class="floor-line" d="M8 {number(y)}H{WIDTH - 8}"/>'
        if kind == "strap":
            return self.strap(n, prop)
        if kind in HELD:
            return self.held(prop)
        drawn = self.marks(DRAWN[kind](prop))
        return self.carried(n, prop, drawn) if "move" in prop else drawn

    def marks(self, found: Iterable[Mark]) -> str:
        found = tuple(found)
        self.names |= {mark.look for mark in found}
        return "".join(marks.drawn(mark, self.paper.place, self.paper.scale) for mark in found)

    def carried(self, n: int, prop: Table, drawn: str) -> str:
        """A thing that goes along: from its place to its place and `move`."""
        dx, dy = prop["move"]
        frames = [
            (self.paper.scale * dx * u, -self.paper.scale * dy * u, 0.0)
            for u in (motion.eased(time) for time, _ in self.moments)
        ]
        moves, attribute = self.movement(f"p-{n}", list(frames))
        return f'<g class="{moves.strip()}" transform="{attribute}">{drawn}</g>'

    def held(self, prop: Table) -> str:
        found = HELD[prop["t"]](prop)
        i = prop.get("fig", 0)
        self.names |= {mark.look for mark in found}
        drawn = "".join(marks.drawn(mark, self.in_bone, self.paper.scale) for mark in found)
        moves, attribute = self.frame(i, prop["on"])
        return self.mirrored(i, f'<g class="{moves.strip()}" transform="{attribute}">{drawn}</g>')

    def strap(self, n: int, prop: Table) -> str:
        """A towel or strap, piece by piece from point to point; each is stretched to its length."""
        self.names |= {"strap", "page"}
        drawn = ""
        for k, (a, b) in enumerate(pairwise(prop["via"])):
            frames = [self.strap_frame(moment, a, b) for _, moment in self.moments]
            moves, attribute = self.movement(f"s-{n}-{k}", frames)
            for colour, wide in (("page", palette.STRAP_GAP), ("strap", palette.STRAP)):
                drawn += (
                    f'<path class="{colour}{moves}" transform="{attribute}"'
                    f' d="M0 {-wide / 2:g}H{STRAP_LENGTH:g}V{wide / 2:g}H0z"/>'
                )
        return drawn

    def strap_frame(self, moment: list[Placed], a: str, b: str) -> Frame:
        start, end = (self.paper.place(moment[0].world(moment[0].points[name])) for name in (a, b))
        turn = -heading((start[0], -start[1]), (end[0], -end[1]))
        return (*start, turn, distance(start, end) / STRAP_LENGTH)

    def all_arrows(self) -> str:
        found = arrows.arrows(self.scene, self.keys)
        if found:
            self.names |= {"arrow", "arrow-line", "arrow-gap", "halo"}
        place = self.paper.place
        return "".join(arrows.drawn(place(a.start), place(a.bend), place(a.end)) for a in found)


SHARED = frozenset(
    {"thigh", "shin", "shorts", "sleeve", "arm", "fore", "hand", "grip", "pelvis", "lumbar", "chest"}
)
"""Shapes that are alike in all people."""


def layer_of(prop: Table) -> str:
    return str(prop.get("layer", "mid" if prop["t"] in ("strap", *HELD) else "back"))


def whole(figure: Figure) -> Layer:
    look = figure.look
    if look.get("only") == "arms":
        return (*shapes.far_arm(look), *shapes.near_arm(look))
    legs = (*shapes.far_leg(look), *shapes.near_leg(look))
    return tuple(dict.fromkeys((*shapes.far_arm(look), *shapes.trunk(look), *legs, *shapes.near_arm(look))))


def unwound(frames: list[Frame]) -> list[Frame]:
    """The same frames with each angle written close to the one before, so that nothing spins round."""
    done: list[Frame] = []
    for frame in frames:
        angle = nearest(frame[2], done[-1][2]) if done else frame[2]
        done.append((frame[0], frame[1], angle, *frame[3:]))
    return done
