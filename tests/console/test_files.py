"""The measured files are found where they are, and nowhere else."""

from excise.console.files import measured_file


def test_the_measured_files_are_found():
    assert measured_file("detection.json").is_file()
    assert measured_file("operating.json").is_file()
    assert measured_file("nothing.json") is None
