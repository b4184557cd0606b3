"""Front-end libraries and fonts: copied from ``node_modules`` at set-up, found by templates with a hash for the cache.

``python -m web.assets`` copies what pages load into ``static/vendor`` (never committed), and puts the drawing tools of
the studio together there; quick the second time.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from flask import url_for

from engine.kit.config import ROOT

MODULES = ROOT / "node_modules"
STATIC = ROOT / "web" / "static"
VENDOR = STATIC / "vendor"
MANIFEST = "manifest.json"
FONTS = "@fontsource-variable/noto-sans-sc"
PRINT_FONTS = "@expo-google-fonts/noto-sans-sc"

# Below static/vendor: from node_modules.
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "noto-sans-sc/wght.css": f"{FONTS}/wght.css",
    # For PDFs only: WeasyPrint prints wrong characters from the browser's slices.
    "fonts/NotoSansSC-Regular.ttf": f"{PRINT_FONTS}/400Regular/NotoSansSC_400Regular.ttf",
    "fonts/NotoSansSC-Bold.ttf": f"{PRINT_FONTS}/700Bold/NotoSansSC_700Bold.ttf",
}
FOLDERS = {
    "leaflet/images": ("leaflet/dist/images", "*.png"),
    "noto-sans-sc/files": (f"{FONTS}/files", "*-wght-normal.woff2"),
}
# Below static/vendor: what esbuild puts together, from a script of ours that names everything else.
BUNDLES = {"studio/studio.js": ROOT / "web" / "studio" / "drawing" / "studio.js"}
BUNDLED = ("studio/studio.js", "studio/studio.css")
# A file of modules of ours that stands for one of the libraries' (see its head).
INSTEAD = {"domify": ROOT / "web" / "studio" / "drawing" / "domify.js"}
ICONS = ROOT / "web" / "icons.txt"
"""Names of the Bootstrap icons that pages use, one a line; what is not listed is not served."""


def gather() -> int:
    """Copy everything that pages load; the number of files that were new or different. Raises FileNotFoundError."""
    sources = {VENDOR / name: MODULES / source for name, source in FILES.items()}
    for name, (folder, pattern) in FOLDERS.items():
        sources |= {VENDOR / name / file.name: file for file in (MODULES / folder).glob(pattern)}
    copied = sum(_copy(source, target) for target, source in sources.items())
    copied += _write(VENDOR / "icons.svg", _sprite())
    for name, source in BUNDLES.items():
        _bundle(source, VENDOR / name)
    names = [*FILES, *BUNDLED, "icons.svg"]
    hashes = {name: _hash(VENDOR / name) for name in names if not name.endswith(".ttf")}
    copied += _write(VENDOR / MANIFEST, json.dumps(hashes, indent=1, sort_keys=True))
    return copied


def address(name: str) -> str:
    """The address of a file below ``static`` ("css/frame.css", "vendor/htmx.min.js"), new whenever its content is."""
    return url_for("static", filename=name, v=_version(name))


def icon_sheet() -> str:
    """The address of the icons; one of them is this with ``#name`` after it."""
    return address("vendor/icons.svg")


def _version(name: str) -> str:
    if name.startswith("vendor/"):
        return _manifest().get(name.removeprefix("vendor/"), "0")
    path = STATIC / name
    return _hash_as_of(path, path.stat().st_mtime_ns)


@cache
def _hash_as_of(path: Path, _changed: int) -> str:
    return _hash(path)


@cache
def _manifest() -> dict[str, str]:
    path = VENDOR / MANIFEST
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _copy(source: Path, target: Path) -> bool:
    """Copy unless the target is already the same; says whether it did."""
    wanted = source.stat()
    if target.exists():
        present = target.stat()
        if (present.st_size, int(present.st_mtime)) == (wanted.st_size, int(wanted.st_mtime)):
            return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return True


def _write(target: Path, text: str) -> bool:
    if target.exists() and target.read_text() == text:
        return False
    target.write_text(text)
    return True


def _bundle(source: Path, target: Path) -> None:
    """One script (and one style sheet beside it) of ``source`` and all that it imports, in a third of a second.

    The program that does it is called itself, not by its script: so it needs no Node.js. Raises FileNotFoundError.
    """
    program = next((MODULES / "@esbuild").glob("*/bin/esbuild"), None)
    if program is None:
        raise FileNotFoundError("node_modules/@esbuild: npm ci has not run")
    subprocess.run(  # noqa: S603 - our own words, and a program that npm ci has checked
        [
            program,
            source,
            f"--outfile={target}",
            "--bundle",
            "--minify",
            "--format=iife",
            "--target=es2022",
            "--legal-comments=linked",
            "--log-level=warning",
            *(f"--alias:{name}={path}" for name, path in INSTEAD.items()),
            *(f"--loader:.{kind}=file" for kind in ("woff", "woff2", "ttf", "eot")),
            "--loader:.svg=dataurl",
            "--asset-names=[name]-[hash]",
        ],
        cwd=ROOT,
        check=True,
    )


def _sprite() -> str:
    """The icons that we use, as symbols of one SVG file."""
    symbols = []
    for name in ICONS.read_text().split():
        drawing = (MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text()
        inside = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")].strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{inside}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">\n' + "\n".join(symbols) + "\n</svg>\n"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


if __name__ == "__main__":
    sys.stdout.write(f"{gather()} files copied to {VENDOR.relative_to(ROOT)}\n")
