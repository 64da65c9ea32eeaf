import subprocess
import sys

from excise.service.looping import LoopPlan, Turned


def test_the_server_does_not_import_what_only_the_loop_needs() -> None:
    code = (
        "import sys, excise.service.looping, excise.service.settings, excise.service.capture.worker\n"
        "assert not {'ibis', 'scipy', 'igraph', 'plotly'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_travels_between_the_two_is_small_and_plain() -> None:
    plan = LoopPlan(folder="f", secret_file="s", policy_file="p", database="sqlite:///x", every_s=1.0)
    assert plan.aside
    assert Turned(leads=False).lag_s == 0.0
