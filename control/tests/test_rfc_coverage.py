from pathlib import Path

from tests.rfc_coverage import Rfc, Section, page, read_sections, unknown

RFCS = {
    "2205": Rfc(
        "Resource ReSerVation Protocol", {"3.1.3": "Path Messages", "B": "Error Codes and Values"}
    )
}
SHOWN = {
    Section("2205", "3.1.3"): {
        "test_path.py::test_a_path_is_read",
        "test_path.py::test_a_path_is_written",
    }
}


def test_a_section_is_listed_with_every_test_that_shows_it() -> None:
    assert (
        "| 3.1.3 | Path Messages | test_path.py: `test_a_path_is_read`, `test_a_path_is_written` |"
        in page(RFCS, SHOWN).splitlines()
    )


def test_a_section_that_no_test_shows_is_owned_up_to() -> None:
    assert "No test yet: B Error Codes and Values." in page(RFCS, SHOWN).splitlines()


def test_the_summary_counts_the_sections_that_are_shown() -> None:
    assert (
        "| [2205](#rfc-2205) | Resource ReSerVation Protocol | 1 of 2 |"
        in page(RFCS, SHOWN).splitlines()
    )


def test_a_marker_for_a_section_or_an_rfc_outside_the_table_is_unknown() -> None:
    strangers = [Section("2205", "3.1.33"), Section("9999", "1")]
    assert unknown([Section("2205", "B"), *strangers], RFCS) == strangers


def test_the_table_of_sections_is_read_in_the_order_of_the_rfc(tmp_path: Path) -> None:
    table = tmp_path / "sections.toml"
    table.write_text(
        '["2205"]\ntitle = "RSVP"\n["2205".sections]\n"2.9" = "Clouds"\n"2.10" = "Hosts"\n'
    )
    assert read_sections(table) == {"2205": Rfc("RSVP", {"2.9": "Clouds", "2.10": "Hosts"})}
    assert list(read_sections(table)["2205"].sections) == ["2.9", "2.10"]
