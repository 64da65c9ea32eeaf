from excise.report.progress import now_s


def test_a_granted_appeal_undoes(deployed):
    decision = deployed.decision()
    deployed.run("decide", "approve", decision)
    with deployed.opened() as deployment:
        appeal = deployment.state.appeals.receive(
            decision, "I evaluate", policy=deployment.policy, now_s=now_s()
        ).id
    assert deployed.run("decide", "answer", appeal, "right", "--grant")[1] == f"{appeal}: granted\n"
    assert "undone" in deployed.run("decide", "list", "--status", "undone")[1]
    assert deployed.run("decide", "answer", appeal, "no", "--deny")[0] == 2
    assert "(granted): I evaluate" in deployed.run("case", "show", deployed.case)[1]
