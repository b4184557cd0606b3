"""Small drawn photos for the fictional city: a street, what is wrong in it, a stamp that makes each one different."""

from datetime import datetime
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from engine.cases.evidence import Upload

SIZE = (320, 240)
SCENES = 12
"""So many different streets are drawn; a photo is one of them with its own stamp."""


def draw(phase: str, random: Random, at: datetime) -> Upload:
    """A photo as a phone would take it at ``at``; under "after" and "verification" the street is in order again."""
    image = _scene(random.randrange(SCENES), phase not in {"after", "verification"}).copy()
    pen = ImageDraw.Draw(image)
    pen.text((8, SIZE[1] - 18), f"{at:%Y-%m-%d %H:%M:%S} {random.randrange(16**6):06x}", fill="white")
    stream = BytesIO()
    image.save(stream, "JPEG", quality=70)
    stream.seek(0)
    return Upload(stream, f"IMG_{at:%Y%m%d_%H%M%S}.jpg")


@cache
def _scene(number: int, is_wrong: bool) -> Image.Image:
    """Sky, houses, pavement, road; a heap on the pavement where something is wrong."""
    random = Random(number)
    image = Image.new("RGB", SIZE, (176 + number * 3, 200, 222))
    pen = ImageDraw.Draw(image)
    left = -10
    while left < SIZE[0]:
        width, top = random.randrange(36, 80), random.randrange(30, 90)
        shade = random.randrange(110, 190)
        pen.rectangle((left, top, left + width, 150), fill=(shade, shade - 12, shade - 24))
        for y in range(top + 8, 140, 18):
            for x in range(left + 6, left + width - 8, 14):
                pen.rectangle((x, y, x + 7, y + 9), fill=(84, 98, 116))
        left += width + 4
    pen.rectangle((0, 150, *SIZE), fill=(168, 164, 156))
    pen.rectangle((0, 188, *SIZE), fill=(88, 90, 94))
    for x in range(0, SIZE[0], 46):
        pen.rectangle((x, 212, x + 24, 216), fill=(226, 226, 220))
    if is_wrong:
        _heap(pen, random)
    return image


def _heap(pen: ImageDraw.ImageDraw, random: Random) -> None:
    middle = random.randrange(80, SIZE[0] - 80)
    for _ in range(26):
        x, y = random.gauss(middle, 22), random.gauss(176, 7)
        size = random.uniform(4, 13)
        colour = tuple(random.randrange(30, 220) for _ in range(3))
        pen.ellipse((x - size, y - size / 2, x + size, y + size / 2), fill=colour)
