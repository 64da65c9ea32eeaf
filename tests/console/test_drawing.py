"""What is drawn of a campaign is drawn again when its portrait changes, and not before."""

import os

from excise.console import drawing


def test_a_picture_is_kept_until_the_portrait_changes(served):
    folder = served.desk.portraits
    first = drawing.kept(folder, "campaign-aa01")
    assert drawing.kept(folder, "campaign-aa01") is first
    for path in folder.iterdir():
        os.utime(path, ns=(1, 1))
    assert drawing.kept(folder, "campaign-aa01") is not first
    assert drawing.kept(folder, "campaign-none") is None


def test_what_was_forgotten_is_not_drawn_from_memory(served):
    folder = served.desk.portraits
    assert drawing.kept(folder, "campaign-aa01") is not None
    for path in folder.iterdir():
        path.unlink()
    assert drawing.kept(folder, "campaign-aa01") is None
