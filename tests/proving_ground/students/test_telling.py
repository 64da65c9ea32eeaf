from excise.proving_ground.students.summary import Bar, Curve, Figures, Null, Radioactivity
from excise.proving_ground.students.telling import tell


def curve(probe, student, role="distilled", strength=None):
    return Curve(
        probe=probe, access="text", student=student, role=role, strength=strength, mark="", questions=2.0,
        seeds=5, steps=(100, 200), median=(20.0, 40.0), lowest=(10.0, 30.0), highest=(30.0, 50.0),
        final=(40.0,), most=(41.0,),
    )  # fmt: skip


def told(bars, curves, nulls, radioactivity):
    return tell(
        Figures(
            version="0", scale="medium", seeds=(900, 904), words="own", served=200, bars=bars, curves=curves,
            nulls=nulls, radioactivity=radioactivity,
        )
    )  # fmt: skip


def test_a_page_tells_bars_curves_controls_nulls_and_keys():
    page = told(
        [Bar(name="a bar", wanted="much", measured="little", met=False)],
        [
            curve("twins", "distilled"),
            curve("twins", "dilution", "attacked", 0.25),
            curve("twins", "spoofed", "control"),
        ],
        [
            Null(
                bet="sign", runs=20_000, steps=9, bits=10, reached=2, share=1e-4, share_at_most=4e-4,
                allowed=1e-3,
            )
        ],
        [
            Radioactivity(
                mark="green_list", student="distilled", strength=None, seed=900, bits=12.0, rank=1.0,
                surplus_z=8.0, published_z=9.5, published_z_spread=2.0, fresh_most_bits=1.0,
            )
        ],
    )  # fmt: skip
    assert "| a bar | much | little | **missed** |" in page
    assert "| twins | diluted to 0.25 |  | 20.0 (10.0 to 30.0) | 40.0 (30.0 to 50.0) | 200 | 2 |" in page
    assert "| twins | same prompts, a third draw |  | 40.0 (30.0 to 50.0) | 41.0 | 5 |" in page
    assert page.count("<svg") == 2
    assert "25%: 40 bits after 200" in page
    assert "| green_list | distilled | 900 | 12.0 | 1 | 8.0 | 9.5 | 2.00 |" in page


def test_what_was_not_measured_is_not_told():
    page = told([], [], [], [])
    assert "<svg" not in page
    assert "--scale medium --seeds 900-904" in page
    assert "published z" not in page
