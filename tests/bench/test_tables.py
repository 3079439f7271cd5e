"""Ratios pass by pass, tables, and sections that leave the rest of the file alone."""

from __future__ import annotations

import pytest

from bench.tables import compared, figure, markdown, median_ratio, times, with_section


def test_a_ratio_is_taken_pass_by_pass():
    # The second pass was slow for both; of the medians alone it would be 10 / 4.
    assert median_ratio([20, 2, 10], [10, 1, 4]) == (2.0, 2.0, 2.5)
    assert times([20, 2, 10], [10, 1, 4]) == "2.00 (2.00–2.50)"


def test_passes_that_are_missing_are_not_passed_over():
    with pytest.raises(ValueError, match="shorter"):
        median_ratio([1, 2, 3], [1, 2])


@pytest.mark.parametrize(("values", "written"), [([0.00123], "0.00123"), ([99.96, 1, 200], "100"), ([4717.3], "4717")])
def test_a_figure_is_the_median(values, written):
    assert figure(values) == written


def test_ours_is_compared_with_each_other():
    runs = {"ours": [{"rate": 10, "mib": 100}, {"rate": 30, "mib": 102}], "it": [{"rate": 5, "mib": 50}] * 2}
    assert compared(runs, {"rate": "articles/s"}, "mib").splitlines()[2:] == [
        "| ours | 20 |  | 101 |",
        "| it | 5 | 4.00 (2.00–6.00) | 50 |",
    ]
    assert markdown(["a"], []) == "| a |\n|---|\n"


def test_a_new_section_goes_to_the_end():
    once = with_section("# Measured\n\n## By hand\n\ntext\n", "texts", "## Texts\n")
    assert once == "# Measured\n\n## By hand\n\ntext\n\n<!-- bench:texts -->\n## Texts\n<!-- /bench:texts -->\n"


def test_a_section_takes_the_place_of_its_own_earlier_one_alone():
    document = with_section(with_section("# Measured\n", "texts", "old"), "pages", "kept")
    document += "\n## By hand\n"
    again = with_section(document, "texts", r"new \1")
    assert again == document.replace("old", r"new \1")
    assert with_section(again, "texts", r"new \1") == again
