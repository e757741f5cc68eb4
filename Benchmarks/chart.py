"""A bar chart as SVG: one bar a row, as long as its share of the longest."""

WIDTH, BAR, GAP, LABEL = 760, 18, 8, 260
COLOURS = {"ChatCore": "#00a884"}


def svg(title, rows):
    """`rows`: (label, value, text behind the bar); the first word of a label gives its colour."""
    longest = max(value for _, value, _ in rows)
    height = 40 + len(rows) * (BAR + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="22" font-size="14" fill="#111b21">{title}</text>',
    ]
    for index, (label, value, text) in enumerate(rows):
        y = 36 + index * (BAR + GAP)
        length = max(1, (WIDTH - LABEL - 130) * value / longest)
        colour = COLOURS.get(label.split()[0].rstrip(","), "#8696a0")
        lines += [
            f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end" fill="#111b21">{label}</text>',
            f'<rect x="{LABEL}" y="{y}" width="{length:.0f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{LABEL + length + 6:.0f}" y="{y + 13}" fill="#111b21">{text}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
