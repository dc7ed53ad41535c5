"""A table of what was tried, printed at the end of a stress test."""


def table(rows):
    """Return rows of (kind, tried, failures) as text, with a sum."""
    rows = [
        ("kind", "tried", "failures"),
        *rows,
        ("all", sum(row[1] for row in rows), sum(row[2] for row in rows)),
    ]
    return "\n" + "\n".join(f"{kind:45}{tried!s:>8}{failures!s:>10}" for kind, tried, failures in rows)
