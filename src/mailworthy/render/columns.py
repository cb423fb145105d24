"""How wide a terminal is: the command line says so before anything is rendered."""

MOST = 80
FEWEST = 40  # with less, sentences would fall apart


class Terminal:
    """The columns that `render.lines` goes by, read once when it is imported."""

    columns = MOST


def fit(columns: int) -> None:
    """Go by a terminal of so many columns; 0 where nobody knows."""
    Terminal.columns = max(FEWEST, min(MOST, columns or MOST))
