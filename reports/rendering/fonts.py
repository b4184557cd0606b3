"""The fonts that documents are printed with: whole TrueType files, gathered at set-up (``python -m web.assets``)."""

from pathlib import Path

from engine.kit.config import ROOT

FAMILY = "Noto Sans SC"
WEIGHTS = {400: "Regular", 700: "Bold"}
_FOLDERS = (
    (ROOT / "web" / "static" / "vendor" / "fonts", "NotoSansSC-{name}.ttf"),
    (ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc", "{weight}{name}/NotoSansSC_{weight}{name}.ttf"),
)


def path(weight: int) -> Path:
    """The file of one weight, 400 or 700. Raises FileNotFoundError with what to do."""
    for folder, pattern in _FOLDERS:
        found = folder / pattern.format(weight=weight, name=WEIGHTS[weight])
        if found.exists():
            return found
    raise FileNotFoundError("the fonts for documents are missing: run `npm ci`, then `python -m web.assets`")


def style() -> str:
    """The @font-face rules of every weight, for a style sheet."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; src: url("{path(weight).as_uri()}"); }}'
        for weight in WEIGHTS
    )
