"""How the comparison of figures is worded on pages: what the methods ask for, the currency of a figure."""

from operations.domain.outlier_history import UnusualFigure
from operations.domain.outliers import LEAST, LEAST_DIFFERENCE, LIMITS, Method, limit_over
from operations.models import Return


def methods() -> dict[str, int]:
    """For the words that explain the methods: least numbers of earlier values, limits in long and shortest series."""
    words = {"least_difference": LEAST_DIFFERENCE}
    for method in Method:
        words[f"least_{method}"] = LEAST[method]
        words[f"limit_{method}"] = LIMITS[method]
        words[f"first_limit_{method}"] = limit_over(method, LEAST[method])
    return words


def currency_of(expected_return: Return, one: UnusualFigure) -> str | None:
    return expected_return.agency.state.currency if one.figure.indicator.is_money else None
