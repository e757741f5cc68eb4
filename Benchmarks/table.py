"""A figure as a line of text, and all rows as a table in Markdown."""

COLUMNS = "{:29} {:27} {:>11} {:>11} {:>11} {:13} {:>9} {:>8} {:>6}  {}"
HEADINGS = ("", "", "median", "least", "most", "", "CPU, µs", "p99, ms", "MB", "as ratio")
MARKDOWN_HEADER = """\
| | | Median | Least to most | CPU, µs | p99, ms | MB | As ratio |
|---|---|---:|---:|---:|---:|---:|---|
"""
IN_COLUMNS = {"median", "min", "max", "unit", "cpu_us", "p99_ms", "resident_mb", "ratios"}


def cells(figure):
    """Median, least, most, unit, CPU, p99, memory, and what else there is to say."""
    def cell(key, digits):
        return f"{figure[key]:,.{digits}f}" if key in figure else ""

    digits = 0 if figure["median"] >= 1000 else 1 if figure["median"] >= 10 else 2
    words = [f"{ratio:.3g} of {whom}" for whom, ratio in figure["ratios"].items()]
    words += [f"{key} {value:.3g}" for key, value in figure.items() if key not in IN_COLUMNS]
    return [*(cell(key, digits) for key in ("median", "min", "max")), figure["unit"],
            cell("cpu_us", 1), cell("p99_ms", 2), cell("resident_mb", 1), ", ".join(words)]


def line(row, name, figure):
    return COLUMNS.format(row, name, *cells(figure)).rstrip()


def markdown(rows):
    """`rows`: row to who to figure, as `Figures` has them."""
    text = MARKDOWN_HEADER
    for row, figures in rows.items():
        for number, (name, figure) in enumerate(figures.items()):
            median, least, most, unit, *others = cells(figure)
            if unit != "a second":
                median += f" {unit}"
            spread = f"{least} to {most}" if least != most else ""
            begin = [row if number == 0 else "", name, median, spread]
            text += f"| {' | '.join(begin + others)} |\n"
    return text
