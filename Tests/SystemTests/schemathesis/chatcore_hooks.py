"""Most requests speak of people who exist: random ids would only ever be refused."""

import os
from random import Random

import schemathesis

ME, FRIEND, STRANGER = os.environ["ME"], os.environ["FRIEND"], os.environ["STRANGER"]
PEOPLE = {
    "userId": ME, "myId": ME, "senderId": ME, "friendId": FRIEND, "receiverId": FRIEND,
    "friendUsername": STRANGER,
}
sessions = [f"Bearer {os.environ['TOKEN']}"]
chance = Random(1)


def with_people(fields):
    """Replaces most names and ids that are text by real ones."""
    if not isinstance(fields, dict):
        return fields
    return fields | {
        name: real for name, real in PEOPLE.items()
        if isinstance(fields.get(name), str) and fields[name] and chance.random() < 0.8}


@schemathesis.auth(refresh_interval=None)
class Session:
    def get(self, case, context):
        return sessions[-1]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = data


@schemathesis.hook
def before_call(context, case, kwargs):
    case.body = with_people(case.body)
    case.query = with_people(case.query)
    # The document cannot say that one excludes the others, which are refused beside it.
    if isinstance(case.query, dict) and "deletedAfter" in case.query and chance.random() < 0.9:
        case.query = {
            name: case.query[name] for name in case.query if name not in ("after", "before")}
    case.path_parameters = with_people(case.path_parameters)
    # It may have been made before the session that is now the only one.
    if case.headers and case.headers.get("Authorization") in sessions:
        case.headers["Authorization"] = sessions[-1]


@schemathesis.hook
def after_call(context, case, response):
    """A new password ends the session that the other requests need, and brings the next."""
    is_change = case.operation.path == "/auth/change-password"
    if is_change and response.status_code == 200:
        sessions.append(f"Bearer {response.json()['token']}")
