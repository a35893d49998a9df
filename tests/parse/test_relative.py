import pytest

from sekuire_gate.parse.relative import beside, normal


@pytest.mark.parametrize(
    ("definition", "written", "path"),
    [
        ("sekuire.yml", "tools.json", "tools.json"),
        ("a/b/sekuire.yml", "./x//tools.json", "a/b/x/tools.json"),
        ("a/b/sekuire.yml", "../../tools.json", "tools.json"),
        ("a/sekuire.yml", "../../tools.json", "../tools.json"),
        ("a/sekuire.yml", "link/../tools.json", "a/link/../tools.json"),
        ("a/sekuire.yml", "/tools.json", "/tools.json"),
    ],
)
def test_a_path_is_relative_to_the_definitions_folder_and_hides_no_link(
    definition: str, written: str, path: str
) -> None:
    assert beside(definition, written) == path


def test_a_path_is_named_in_its_shortest_form() -> None:
    assert normal("a/b/.././tools.json") == "a/tools.json"
