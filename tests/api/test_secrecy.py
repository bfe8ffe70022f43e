"""Secrets and customers' texts appear in no error and no log line, whoever repeats them to us (P6)."""

import base64
import traceback
from collections.abc import Awaitable
from typing import Any

import pytest

from chaport_sync.api.errors import ApiError
from chaport_sync.api.request_queue import Share
from tests.api.accounts import EMAIL, KEY, TOKEN, Account, answer
from tests.world import World

BASIC = base64.b64encode(f"{EMAIL}:{KEY}".encode()).decode()
WORDS = "my-password-is-hunter2"
TEXT = f"Hello, I am Mary and {WORDS}"

ECHOES: list[Any] = [
    {"error": TEXT},
    {"error": WORDS},
    {"error": {"message": TEXT}},
    {"error": f"incorrect:{WORDS}"},
    {"message": TEXT},
    {"errors": [{"message": TEXT}]},
    {"content": TEXT},
    TEXT,
    f"<html>{TEXT}</html>",
    f'{{"result": {{"text": "{TEXT}',
]


async def failure(call: Awaitable[object]) -> ApiError | None:
    """Return the error of a call, if it has one."""
    try:
        await call
    except ApiError as error:
        return error
    return None


def shown(error: ApiError | None) -> str:
    """Return all that could be printed of an error."""
    return "\n".join([str(error), repr(error), *(traceback.format_exception(error) if error else [])])


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 422, 429, 500])
@pytest.mark.parametrize("body", ECHOES, ids=repr)
async def test_an_answer_that_repeats_a_customers_text(world: World, status: int, body: Any) -> None:
    """P6: whatever Deskie says of a delivery, or Chaport of a visitor, no text of it is shown or logged."""
    account = Account(answer(body, status))
    calls: list[Awaitable[object]] = [
        account.deskie.add_note("7", TEXT),
        account.deskie.add_message("7", "5", WORDS),
        account.deskie.open_case({"content": TEXT, "user_full_name": "Mary"}),
        account.deskie.find_users(WORDS),
        account.chaport.visitors(1),
        account.chaport.chat("v"),
    ]
    for outcome in [await failure(call) for call in calls]:
        assert WORDS not in shown(outcome)
        assert "Mary" not in shown(outcome)
    assert WORDS not in str(world.log)


SECRETS = [KEY, BASIC, TOKEN, f"Bearer {TOKEN}", f"wrong key {KEY}!"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize("echo", SECRETS)
async def test_an_answer_that_repeats_our_credentials(status: int, echo: str) -> None:
    """P6: a server that prints the request's headers into its error does not print them into ours."""
    for body in (echo, {"error": echo}, {"message": f"Authorization: {echo}"}):
        account = Account(answer(body, status))
        for call, ours in (
            (account.deskie.agents(), (KEY, BASIC)),
            (account.chaport.operators(Share.STATUS), (TOKEN,)),
        ):
            error = await failure(call)
            assert isinstance(error, ApiError)
            assert not [secret for secret in ours if secret in shown(error)]


async def test_secrets_are_in_no_representation() -> None:
    """P6: printing an object by accident prints no secret."""
    account = Account(answer({}))
    asked = account.deskie_transport._request("GET", "/staff.json")
    for thing in (account.deskie, account.deskie_transport, account.deskie_transport._connections, asked):
        for secret in (KEY, BASIC):
            assert secret not in f"{thing!r} {thing!s}"


async def test_a_query_is_in_no_error() -> None:
    """P6: an address that was searched for is a customer's; errors name method and path only."""
    with pytest.raises(ApiError) as raised:
        await Account(answer("", 400)).deskie.find_users("mary@mail.example")
    assert raised.value.request == "GET /users.json"
    assert "mary" not in f"{raised.value} {raised.value!r}"


async def test_passwords_in_answers_are_not_logged(world: World) -> None:
    """Deskie reference 6: the answer to a new user carries a plaintext password; no log line and no record has it."""
    account = Account(
        answer({"user": {"user_id": 5, "password": "bsdegs"}, "case": {"case_id": 7, "password": "bsdegs"}})
    )
    assert "bsdegs" not in repr(await account.deskie.user("5"))
    assert "bsdegs" not in repr(await account.deskie.open_case({"subject": "Chat"}))
    assert "bsdegs" not in str(world.log)


async def test_a_day_with_failures_logs_no_text(world: World) -> None:
    """P6: deliveries that fail in every way, down to debug lines, and neither words nor secrets in any of them."""
    chat = world.chaport.start_chat(world.chaport.add_visitor("Mary", "mary@mail.example"))
    world.sandbox.faults.random(
        seed=7, rates={"error_500": 0.1, "error_400": 0.1, "html": 0.1, "truncated": 0.1, "reset_after": 0.1}
    )
    await world.start()
    for _ in range(5):
        world.chaport.visitor_says(chat, TEXT)
        await world.run(200)
    logged = str(world.log)
    assert len(world.log) > 20
    assert WORDS not in logged
    for secret in (world.deskie.api_key, world.chaport.token, world.deskie.email):
        assert secret not in logged
