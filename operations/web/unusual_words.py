"""How the comparison of figures is worded on pages: the least numbers of earlier values, the currency of a figure."""

from operations.domain.outlier_history import UnusualFigure
from operations.domain.outliers import LEAST, Method
from operations.models import Return


def methods() -> dict[str, int]:
    """The least numbers of earlier values, for the words that explain the methods."""
    return {f"least_{method}": LEAST[method] for method in Method}


def currency_of(expected_return: Return, one: UnusualFigure) -> str | None:
    return expected_return.agency.state.currency if one.figure.indicator.is_money else None
