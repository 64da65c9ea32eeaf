"""What asking a gateway came to is kept and read back; what is damaged is none."""

from excise.service import examined
from excise.service.doctor import PROBES, Counted, Examined, Found


def test_it_is_read_back_as_it_was(tmp_path):
    found = tuple(Found(probe=probe, answered=200, captured=True, words=False) for probe in PROBES)
    counted = Counted(counter="c", requests=4.0, records=3.0)
    kept = examined.Kept(gateway="http://g", at_s=5.0, examined=Examined(found=found, counted=counted))
    examined.keep(tmp_path, kept)
    assert examined.read(tmp_path) == kept
    assert all(one.hides for one in examined.read(tmp_path).examined.found)


def test_what_is_not_there_or_damaged_is_none(tmp_path):
    assert examined.read(tmp_path) is None
    (tmp_path / examined.FILE).write_text("{")
    assert examined.read(tmp_path) is None
