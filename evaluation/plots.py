"""The figures of `evaluation.retrieval` and `evaluation.ablation` as pictures.

Labels are English: matplotlib brings no Chinese glyphs, and a font of the machine would make the pictures differ from one to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.gate import Judged, auc, roc
from evaluation.metrics import percentile

if TYPE_CHECKING:
    from evaluation.ablation import Growth, Point
    from evaluation.retrieval import Figure

KINDS = ("answerable", "medical_gap", "off_topic")
GREY = "0.45"


def arms_plot(found: Sequence[Figure], path: Path) -> Path:
    """Draw nDCG@10 and recall@100 of each arm on each set, with standard errors, and return the file."""
    sets, arms = list(dict.fromkeys(f.dataset for f in found)), list(dict.fromkeys(f.arm for f in found))
    figure, panels = _canvas(max(7.0, 1.2 + 0.34 * len(sets) * (len(arms) + 2)), 6.5, rows=2)
    width = 0.84 / max(len(arms), 1)
    for axes, name, label in zip(panels, ("ndcg10", "recall100"), ("nDCG@10", "recall@100"), strict=True):
        for place, arm in enumerate(arms):
            of = {f.dataset: getattr(f, name) for f in found if f.arm == arm}
            at = [sets.index(one) + (place - (len(arms) - 1) / 2) * width for one in of]
            axes.bar(at, [m.value for m in of.values()], 0.92 * width, yerr=[m.error for m in of.values()], capsize=2, label=arm)
        axes.set_xticks(range(len(sets)), [_named(one, found) for one in sets])
        axes.set_ylim(0, 1.05)
        axes.set_ylabel(f"{label} ± standard error")
        axes.grid(axis="y", alpha=0.3)
        axes.set_axisbelow(True)
    figure.legend(*panels[0].get_legend_handles_labels(), ncols=len(arms), loc="outside upper center", frameon=False)
    return _saved(figure, path)


def _named(name: str, found: Sequence[Figure]) -> str:
    one = next(f for f in found if f.dataset == name)
    return f"{name}\n{one.split}, n={one.ndcg10.n}, {one.documents:,} documents"


def roc_plot(judged: Sequence[Judged], path: Path, threshold: float | None = None) -> Path:
    """Draw the ROC of the gate for each split, with the point at which a threshold puts it, and return the file."""
    figure, (axes,) = _canvas(5.2, 5.2)
    for split in sorted({one.split for one in judged}):
        of = [one for one in judged if one.split == split]
        points = roc(of)
        label = f"{split}, AUC {auc(of):.3f}, n={len(of)}"
        (line,) = axes.plot([x for _, x, _ in points], [y for _, _, y in points], drawstyle="steps-post", label=label)
        if threshold is not None:
            _, x, y = min((point for point in points if point[0] >= threshold), key=lambda point: point[0])
            axes.plot([x], [y], "o", color=line.get_color(), label=f"{split} at {threshold:.2f}: {y:.0%} and {x:.0%} let through")
    axes.plot([0, 1], [0, 1], linestyle=":", color=GREY)
    axes.set(xlabel="unanswerable questions let through", ylabel="answerable questions let through", aspect="equal")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right", frameon=False, fontsize="small")
    return _saved(figure, path)


def confidence_plot(judged: Sequence[Judged], threshold: float, path: Path) -> Path:
    """Draw how sure the gate is of questions of each kind, and return the file."""
    figure, panels = _canvas(7, 5, rows=len(KINDS), sharex=True)
    for axes, kind, colour in zip(panels, KINDS, ("C0", "C1", "C2"), strict=True):
        values = [one.confidence for one in judged if one.kind == kind]
        passed = sum(value >= threshold for value in values)
        axes.hist(values, bins=[step / 20 for step in range(21)], color=colour, alpha=0.85)
        axes.axvline(threshold, color="black", linestyle="--", linewidth=1)
        axes.set_title(f"{kind.replace('_', ' ')}: {passed} of {len(values)} pass {threshold:.2f}", fontsize="medium", loc="left")
        axes.set_ylabel("questions")
    panels[-1].set(xlabel="confidence of the gate", xlim=(0, 1))
    return _saved(figure, path)


def sweep_plot(points: Sequence[Point], label: str, path: Path, chosen: Mapping[str, float], log: bool = False) -> Path:
    """Draw nDCG@10 against a setting, one line a set with standard errors, and return the file.

    Args:
        points: what was measured.
        label: of the horizontal axis.
        path: where to write.
        chosen: of each set, the value that the settings have; it is ringed.
        log: a logarithmic horizontal axis that names each value.
    """
    figure, (axes,) = _canvas(7, 4.2)
    names = list(dict.fromkeys(point.dataset for point in points))
    for number, name in enumerate(names):
        of, aside = [point for point in points if point.dataset == name], number - (len(names) - 1) / 2
        at = [point.value * 1.04**aside if log else point.value + 0.012 * aside for point in of]  # so that whiskers do not hide each other
        heights, errors = [point.ndcg10.value for point in of], [point.ndcg10.error for point in of]
        look = {"color": f"C{number}", "marker": "o"}
        axes.errorbar(at, heights, yerr=errors, markersize=4, capsize=2, label=f"{name}, n={of[0].ndcg10.n}", **look)
        ringed = [(x, y) for x, y, point in zip(at, heights, of, strict=True) if point.value == chosen.get(name)]
        axes.plot([x for x, _ in ringed], [y for _, y in ringed], linestyle="", markersize=11, markerfacecolor="none", **look)
    if log:
        from matplotlib.ticker import NullFormatter

        axes.set_xscale("log")
        axes.set_xticks(ticks := sorted({point.value for point in points}), [f"{tick:g}" for tick in ticks])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.tick_params(which="minor", length=0)
    axes.set(xlabel=f"{label} (ringed: the setting)", ylabel="nDCG@10 ± standard error")
    axes.grid(alpha=0.3)
    figure.legend(ncols=2, loc="outside upper center", frameon=False)
    return _saved(figure, path)


def stages_plot(seconds: Mapping[str, Mapping[str, Sequence[float]]], path: Path) -> Path:
    """Draw p50 (dot) to p95 (whisker) of the time of each stage and of all, given ``{set: {stage: seconds}}``, and return the file."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    whole = {name: {**of, "all": [sum(one) for one in zip(*of.values(), strict=True)]} for name, of in seconds.items()}
    stages = list(dict.fromkeys(stage for of in whole.values() for stage in of))
    figure, (axes,) = _canvas(7, 1.1 + 0.24 * len(stages) * max(len(whole), 1))
    for place, (name, of) in enumerate(whole.items()):
        rows = [row + 0.7 * ((place + 0.5) / len(whole) - 0.5) for row in range(len(stages))]
        middle, late = ([1e3 * percentile(of.get(stage, ()), share) for stage in stages] for share in (0.5, 0.95))
        spread = [[0.0] * len(stages), [b - a for a, b in zip(middle, late, strict=True)]]
        axes.errorbar(middle, rows, xerr=spread, linestyle="", marker="o", markersize=5, capsize=3, label=f"{name}, n={len(of['all'])}")
    axes.set_yticks(range(len(stages)), stages)
    axes.set_ylim(len(stages) - 0.5, -0.5)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))  # a few are labelled, however short the axis
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("milliseconds a question, p50 (dot) and p95 (whisker)")
    axes.grid(axis="x", which="both", alpha=0.3)
    figure.legend(ncols=2, loc="outside upper center", frameon=False)
    return _saved(figure, path)


def growth_plot(steps: Sequence[Growth], path: Path) -> Path:
    """Draw the seconds of each ingest by stage, and the index on disk by part, against the chunks it holds; return the file."""
    figure, panels = _canvas(9, 4, columns=2)
    labels = [f"{step.chunks}\n+{step.added_chunks}" for step in steps]
    for axes, name, unit in zip(panels, ("seconds", "megabytes"), ("seconds of one ingest", "MB on disk"), strict=True):
        base = [0.0] * len(steps)
        for part in getattr(steps[0], name):
            heights = [getattr(step, name)[part] for step in steps]
            axes.bar(labels, heights, 0.7, bottom=base, label=part)
            base = [a + b for a, b in zip(base, heights, strict=True)]
        axes.set(xlabel="chunks in the index, and how many are new", ylabel=unit)
        axes.set_ylim(0, 1.35 * max(base))
        axes.legend(frameon=False, ncols=2, loc="upper left", fontsize="small")
    return _saved(figure, path)


def columns_plot(columns: Mapping[str, Sequence[str]], path: Path) -> Path:
    """Draw the order of chunks in each arm side by side, with lines between the places of one chunk, and return the file."""
    deepest = max(map(len, columns.values()), default=1)
    figure, (axes,) = _canvas(2.3 * len(columns), 0.8 + 0.36 * deepest)
    last = list(columns.values())[-1] if columns else []
    for place, names in enumerate(columns.values()):
        following = list(columns.values())[place + 1] if place + 1 < len(columns) else []
        for rank, name in enumerate(names, start=1):
            colour = f"C{list(last).index(name) % 10}" if name in last else GREY
            axes.text(place, rank, name, ha="center", va="center", color=colour, fontsize=9)
            if name in following:
                axes.plot([place + 0.44, place + 0.56], [rank, list(following).index(name) + 1], color=colour)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(deepest + 0.6, 0.4), ylabel="rank", yticks=range(1, deepest + 1))
    axes.set_xticks(range(len(columns)), list(columns))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return _saved(figure, path)


def _canvas(width: float, height: float, rows: int = 1, columns: int = 1, sharex: bool = False) -> tuple[Any, list[Any]]:
    # A figure without pyplot keeps no global state and needs no display.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, columns, squeeze=False, sharex=sharex).flat)


def _saved(figure: Any, path: Path) -> Path:
    figure.savefig(path, dpi=140)
    return path
