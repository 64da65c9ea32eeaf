"""The loop: what was captured is judged as it comes, and what changed is handed to casework.

A judgement of everything is made when the store has grown by a fifth, and at least daily, beside the loop
(``whole``). Between two of these every turn judges again only the actors that grew, with the accounts that
share something rare with them and a panel of ordinary accounts (``delta``). An actor is due when it has grown
by a tenth, so that the work for an exchange does not depend on how many came before it.
"""
