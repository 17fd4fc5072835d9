"""Body mass index with the Chinese and the WHO bands.

Bands: WS/T 428-2013 (adults in China: 18.5, 24, 28) and WHO 2000 (18.5, 25, 30, 35, 40), kg/m².
"""

from __future__ import annotations

from dataclasses import dataclass

from configs.locales import text
from tools.errors import InvalidArgument

_CN = ((18.5, "under"), (24.0, "normal"), (28.0, "over"), (float("inf"), "obese"))
_WHO = ((18.5, "under"), (25.0, "normal"), (30.0, "over"), (35.0, "obese1"), (40.0, "obese2"), (float("inf"), "obese3"))
SOURCE = "WS/T 428-2013; WHO TRS 894 (2000)"


@dataclass(frozen=True, slots=True)
class Bmi:
    """A body mass index in kg/m² and the band it falls into by each standard."""

    value: float
    height_cm: float
    weight_kg: float
    cn_band: str
    who_band: str

    def sentence(self, language: str) -> str:
        """Return the result in one sentence that names both standards."""
        return text(
            language,
            "tools.bmi",
            height=f"{self.height_cm:g}",
            weight=f"{self.weight_kg:g}",
            value=f"{self.value:.1f}",
            cn=text(language, f"tools.band_{self.cn_band}"),
            who=text(language, f"tools.band_{self.who_band}"),
        )


def bmi(height_cm: float, weight_kg: float) -> Bmi:
    """Calculate the body mass index of an adult.

    Args:
        height_cm: 50 to 250 centimetres; 1.75 is refused rather than taken for centimetres.
        weight_kg: 2 to 400 kilograms.

    Raises:
        InvalidArgument: a value is outside its range, which mostly means another unit.
    """
    for name, value, low, high, unit in (("height", height_cm, 50, 250, "cm"), ("weight", weight_kg, 2, 400, "kg")):
        if not low <= value <= high:
            raise InvalidArgument(f"{name}_range", value=f"{value:g}", low=low, high=high, unit=unit)
    value = weight_kg / (height_cm / 100) ** 2
    # Rounded first, so that the number shown and the band named never disagree.
    shown = round(value, 1)
    return Bmi(shown, height_cm, weight_kg, _band(shown, _CN), _band(shown, _WHO))


def bands(language: str) -> list[tuple[str, str, float, float]]:
    """Return every band of both standards: ``cn`` or ``who``, its name, where it begins and where it ends."""
    found = []
    for standard, limits in (("cn", _CN), ("who", _WHO)):
        begin = 0.0
        for end, name in limits:
            found.append((standard, text(language, f"tools.band_{name}"), begin, end))
            begin = end
    return found


def _band(value: float, bands: tuple[tuple[float, str], ...]) -> str:
    return next(name for limit, name in bands if value < limit)
