import json

from excise.proving_ground.__main__ import main


def test_a_world_is_composed_and_a_result_scored(tmp_path, capfdbinary):
    assert main(["compose", "--scale", "demo", "--grow", "0.2", "--out", str(tmp_path)]) == 0
    composed = json.loads(capfdbinary.readouterr().out)
    assert composed["exchanges"] > 400
    verdicts = tmp_path / "verdicts.jsonl"
    truth = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    verdicts.write_text(
        "".join(
            json.dumps({"account": t["account"], "rank": bool(t["campaign"]) + 0.0}) + "\n" for t in truth
        )
    )
    assert main(["score", str(tmp_path / "truth.jsonl"), str(verdicts)]) == 0
    assert json.loads(capfdbinary.readouterr().out)["at"][0]["recall"]["value"] == 1.0
