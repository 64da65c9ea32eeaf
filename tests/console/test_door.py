"""The door: who does not know the password stays outside, however often they try."""


def _tried(visitor, password):
    return visitor.post("/sign-in", data={"name": "analyst", "password": password, "to": "/"})


def test_a_wrong_password_and_a_name_that_is_not_there_look_alike(served):
    visitor = served.visitor(None)
    wrong = _tried(visitor, "not the password")
    nobody = visitor.post("/sign-in", data={"name": "nobody", "password": "x", "to": "/"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text == nobody.text


def test_who_guesses_has_to_wait_even_with_the_right_one(served):
    visitor = served.visitor(None)
    for _ in range(8):
        _tried(visitor, "guess")
    assert _tried(visitor, served.password).status_code == 401
    served.clock.now_s += 7_200
    assert _tried(visitor, served.password).status_code == 200


def test_the_cookie_is_for_no_script_and_no_other_site(served):
    visitor = served.visitor(None)
    form = {"name": "analyst", "password": served.password, "to": "/"}
    cookie = visitor.post("/sign-in", data=form, follow_redirects=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_form_from_another_site_signs_nobody_in(served):
    form = {"name": "analyst", "password": served.password}
    reply = served.visitor(None).post("/sign-in", data=form, headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403


def test_who_comes_late_is_sent_where_they_wanted_to_go(served):
    visitor = served.visitor(None)
    sent = visitor.get("/decisions?kind=block", follow_redirects=False)
    assert sent.headers["location"] == "/sign-in?to=%2Fdecisions%3Fkind%3Dblock"


def test_a_session_ends_by_itself(served):
    visitor = served.visitor("analyst")
    served.clock.now_s += 13 * 3600
    assert visitor.get("/", follow_redirects=False).status_code == 303
