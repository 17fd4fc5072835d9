"""Charts. Every one of them stands beside a table or a sentence that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.ui.layout import Page
from agent.wire.reports import ReportValue, Series, SeriesPoint
from agent.wire.tools import BmiResult

_LEAST, _MOST = 14.0, 44.0
_BANDS = ("#bcd7f0", "#bfe3c3", "#fbe3a3", "#f7c59f", "#f0a79b", "#e38a8a")
_INK = "#1b1b1b"
_LABELLED = 8


def bands(page: Page, found: BmiResult) -> Any:
    """Return both standards as rows of named bands, with a line where the index lies."""
    alt = _altair()
    rows, place = [], {"cn": 0, "who": 0}
    for band in found.bands:
        since, until = max(band.since, _LEAST), min(band.until or _MOST, _MOST)
        middle = (since + until) / 2
        standard = page.say(f"quick.standard_{band.standard}")
        rows.append(
            {
                "standard": standard,
                "name": band.name,
                "since": since,
                "until": until,
                "middle": middle,
                "colour": _BANDS[place[band.standard]],
            }
        )
        place[band.standard] += 1
    shown = min(max(found.value, _LEAST), _MOST)
    base = alt.Chart(alt.Data(values=rows))
    up = alt.Y(
        "since:Q",
        scale=alt.Scale(domain=[_LEAST, _MOST]),
        title="BMI (kg/m²)",
        axis=alt.Axis(values=[18.5, 24, 28, 30, 35, 40], format=".3~g"),
    )
    beside = alt.X("standard:N", title=None, sort=None, axis=alt.Axis(labelLimit=200, labelAngle=0, orient="top"))
    bars = base.mark_bar(stroke=_INK, strokeWidth=0.4, width={"band": 0.92}).encode(
        x=beside, y=up, y2="until:Q", color=alt.Color("colour:N", scale=None)
    )
    names = base.mark_text(color=_INK, fontSize=_size(page), limit=150).encode(x=beside, y="middle:Q", text="name:N")
    line = alt.Chart(alt.Data(values=[{"bmi": shown}])).mark_rule(color="#b00020", strokeWidth=4).encode(y="bmi:Q")
    said = page.say("quick.chart_bmi", value=f"{found.value:.1f}")
    return _legible(page, (bars + names + line).properties(height=380, description=said))


def out_of_range(page: Page, values: Sequence[ReportValue], spans: Sequence[tuple[float, float]], numbers: Sequence[float]) -> Any:
    """Return values as points beside their reference ranges, each on a scale of its own: 0 is its lower bound, 1 its upper one."""
    alt = _altair()
    rows = [
        {
            "name": value.known_as or value.name,
            "place": min(max((number - low) / (high - low), -0.9), 1.9),
            "said": f"{value.result} {value.unit}",
            "begin": 0,
            "end": 1,
        }
        for value, (low, high), number in zip(values, spans, numbers, strict=True)
    ]
    base = alt.Chart(alt.Data(values=rows))
    axis = alt.Axis(values=[0, 1], labelExpr=f"datum.value == 0 ? '{page.say('report.lower')}' : '{page.say('report.upper')}'", grid=True)
    across = alt.X("begin:Q", scale=alt.Scale(domain=[-1, 2]), title=None, axis=axis)
    down = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=160))
    ranges = base.mark_bar(height=16, color="#bfe3c3").encode(x=across, x2="end:Q", y=down)
    points = base.mark_point(size=140, filled=True, color=_loud(page), shape="diamond", opacity=1).encode(
        x="place:Q", y=down, tooltip=["name:N", "said:N"]
    )
    labels = base.mark_text(dy=-16, fontSize=_size(page), color=_ink(page)).encode(x="place:Q", y=down, text="said:N")
    said = page.say("report.chart_out", count=len(rows))
    return _legible(
        page, (ranges + points + labels if _roomy(page) else ranges + points).properties(height=70 + 52 * len(rows), description=said)
    )


def trend(page: Page, series: Series) -> Any | None:
    """Return one measure over time with the range that its latest report prints; nothing for fewer than two values in one unit."""
    alt = _altair()
    points = comparable(series)
    if len(points) < 2:
        return None
    rows = [{"date": point.date, "value": point.number, "said": point.result, "mark": point.mark} for point in points]
    base = alt.Chart(alt.Data(values=rows))
    title = f"{series.name} ({points[-1].unit})" if points[-1].unit else series.name
    across = alt.X("date:T", title=None, scale=alt.Scale(padding=28), axis=alt.Axis(format="%Y-%m", tickCount=min(5, len(rows))))
    down = alt.Y("value:Q", title=title, scale=alt.Scale(zero=False, padding=24))
    line = base.mark_line(color=_line(page), strokeWidth=2).encode(x=across, y=down)
    dots = base.mark_point(size=110, filled=True, color=_line(page)).encode(
        x=across,
        y=down,
        shape=alt.condition("datum.mark == 'normal' || datum.mark == 'unknown'", alt.value("circle"), alt.value("diamond")),
    )
    labels = base.mark_text(dy=-14, fontSize=_size(page), color=_ink(page)).encode(x=across, y=down, text="said:N")
    layers = line + dots + labels if _roomy(page) and len(rows) <= _LABELLED else line + dots
    bounds = [bound for bound in (points[-1].low, points[-1].high) if bound is not None]
    if bounds:
        ruled = alt.Chart(alt.Data(values=[{"bound": bound} for bound in bounds]))
        layers = ruled.mark_rule(color=_range(page), strokeDash=[6, 4], strokeWidth=2).encode(y="bound:Q") + layers
    return _legible(page, layers.properties(height=220, description=page.say("report.chart_trend", name=series.name, count=len(rows))))


def comparable(series: Series) -> list[SeriesPoint]:
    """Return the values that are numbers in the unit of the latest one."""
    numbers = [point for point in series.points if point.number is not None]
    return [point for point in numbers if point.unit.casefold() == numbers[-1].unit.casefold()] if numbers else []


def _legible(page: Page, chart: Any) -> Any:
    """Return a chart whose words are as large as those of the page, and as easy to read."""
    ink, size = _ink(page), _size(page)
    return chart.configure_axis(labelColor=ink, titleColor=ink, labelFontSize=size, titleFontSize=size)


def _ink(page: Page) -> str:
    return "#f2f2ee" if page.chosen.theme == "dark" else "#1f2421"


def _loud(page: Page) -> str:
    return "#ff9a9a" if page.chosen.theme == "dark" else "#b00020"


def _line(page: Page) -> str:
    return "#7cc7e8" if page.chosen.theme == "dark" else "#0b6b8a"


def _range(page: Page) -> str:
    return "#8fd39a" if page.chosen.theme == "dark" else "#2f6b39"


def _size(page: Page) -> int:
    """Return the size of words in a chart; at twice the size only every other word would find room."""
    return round(12 * min(page.chosen.size, 140) / 100)


def _roomy(page: Page) -> bool:
    """Tell whether values can be written beside their points; the list or the table below says them in any case."""
    return page.chosen.size <= 125


def _altair() -> Any:
    import altair

    return altair
