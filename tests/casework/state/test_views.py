import pytest

from excise.casework.state.views import View
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0


def test_views_are_a_persons_own(state):
    state.views.save("ann", View(name="mine", query="assignee=ann"), now_s=NOW_S)
    state.views.save("ann", View(name="mine", query="assignee=ann&order=size"), now_s=NOW_S)
    state.views.save("bob", View(name="mine", query="x=1"), now_s=NOW_S)
    assert state.views.of("ann") == (View(name="mine", query="assignee=ann&order=size"),)
    state.views.remove("ann", "mine", now_s=NOW_S)
    state.views.remove("ann", "mine", now_s=NOW_S)
    assert state.views.of("ann") == ()
    assert len(state.views.of("bob")) == 1
    with pytest.raises(BadSetting):
        state.views.save("ann", View(name=" ", query="x"), now_s=NOW_S)
