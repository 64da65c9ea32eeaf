import json


def test_kinship_is_a_lead_and_has_no_bits(lineage, case, prompts, tmp_path):
    code, said, complained = lineage(
        *("kinship", "--prompts", prompts, "--suspect", f"hf:{case.student}"),
        *("--reference", f"hf:{case.teacher}", "--out", tmp_path / "lead-1"),
    )
    assert code == 0, complained
    assert "no bits: a lead" in said
    assert "This is a lead, and no finding" in said
    finding = json.loads((tmp_path / "lead-1" / "finding.json").read_bytes())
    assert finding["bits"] is None
    page = (tmp_path / "lead-1" / "finding.html").read_text("utf-8")
    assert "Does this model resemble others?" in page
    assert lineage("verify", tmp_path / "lead-1")[0] == 0


def test_it_needs_somebody_to_liken_to(lineage, case, prompts, tmp_path):
    code, _, complained = lineage(
        *("kinship", "--prompts", prompts, "--suspect", f"hf:{case.student}", "--out", tmp_path / "lead-1")
    )
    assert code == 2
    assert "name them with --reference" in complained
