"""The OpenAPI documents say what the code says, neither less nor more."""

import json
import re

import pytest
from openapi_spec_validator import validate

from programs import CHECKOUT

SOURCES = CHECKOUT / "Sources"
FILES = {
    "ChatCore": SOURCES / "Frontend" / "api-docs" / "openapi.json",
    "Cipher": CHECKOUT / "docs" / "cipher-api.json",
}
# Statuses without a fault in the code: a success, a page that has moved, a tag that still holds.
SUCCESSES = {200, 206, 304, 308}
# A file of the web client's folder, and still the API's.
PAGES = {"ChatCore": {("get", "/api-docs/")}, "Cipher": set()}

programs = pytest.mark.parametrize("program", FILES)


def source(*path):
    return SOURCES.joinpath(*path).read_text()


def document(program):
    return json.loads(FILES[program].read_text())


# The file with each program's table of routes.
TABLES = {"ChatCore": "Routes.swift", "Cipher": "CipherApplication.swift"}


def routes_in_code(program):
    return set(re.findall(r'Route\(\s*\.(\w+), "([^"]+)"', source(program, TABLES[program])))


def routes_in(document):
    return {(method, path) for path, item in document["paths"].items() for method in item}


def status_numbers():
    """The number behind each name of a status."""
    found = re.findall(
        r"static let `?(\w+)`? = Status\(code: (\d+)\)", source("HTTP", "Message", "Status.swift"))
    return {name: int(number) for name, number in found}


def switch_cases(text, pattern):
    """Returns the matches of `pattern` after each group of cases of a switch, by case."""
    groups = re.findall(r"case ((?:\.\w+,?\s*)+):\s*\(?" + pattern, text)
    return {
        case: value for cases, value in groups for case in re.findall(r"\.(\w+)", cases)}


def http_faults(file, pattern):
    """(status, code) of everything that HTTP itself refuses."""
    numbers = status_numbers()
    statuses = switch_cases(source("HTTP", "HTTPFault.swift"), r"\.(\w+)")
    codes = switch_cases(file.split("_ fault: HTTPFault)")[-1], pattern)
    assert set(codes) == set(statuses), set(codes) ^ set(statuses)
    return {(numbers[statuses[fault]], codes[fault]) for fault in statuses}


def chatcore_refusals():
    text = "".join(
        source("ChatCore", "Answers", file)
        for file in ("ErrorAnswer+Photos.swift", "ErrorAnswer.swift"))
    text = text.replace("(Self.internal.code, ", '("internal", ')
    numbers = status_numbers()
    pairs = re.findall(r'\(\s*\.(\w+), "(\w+)",', text)
    return {(numbers[status], code) for status, code in pairs} | http_faults(text, r'"(\w+)"')


def cipher_refusals():
    text = source("CipherAPI", "CipherErrorCode.swift")
    declared = {
        name: code or name
        for name, code in re.findall(r'^    case `?(\w+)`?(?: = "(\w+)")?$', text, re.MULTILINE)}
    statuses = switch_cases(text, r"(\d+)")
    assert set(declared) == set(statuses)
    answers = source("Cipher", "ErrorResponse.swift")
    from_http = http_faults(answers, r"self\.init\(\s*\.(\w+)")
    return {(int(statuses[name]), declared[name]) for name in declared} | {
        (status, declared[name]) for status, name in from_http}


def resolve(document, node):
    while "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def refusals(document, responses):
    """(status, code) of the errors among the responses of an operation."""
    for status, response in responses.items():
        response = resolve(document, response)
        if int(status) not in SUCCESSES:
            content = response["content"]["application/json"]
            codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
            assert set(content["examples"]) == set(codes)
            for name, example in content["examples"].items():
                assert example["value"]["code"] == name
            yield from ((int(status), code) for code in codes)


def refusals_in(document):
    return {
        refusal for item in document["paths"].values() for operation in item.values()
        for refusal in refusals(document, operation["responses"])}


REFUSALS_IN_CODE = {"ChatCore": chatcore_refusals, "Cipher": cipher_refusals}


@programs
def test_the_document_is_valid(program):
    assert document(program)["openapi"].startswith("3.1.")
    validate(document(program))


@programs
def test_every_route_is_in_code_and_document(program):
    in_code = routes_in_code(program)
    assert len(in_code) == source(program, TABLES[program]).count(" Route(")
    assert in_code | PAGES[program] == routes_in(document(program))


@programs
def test_every_status_and_error_code_is_in_code_and_document(program):
    in_document = refusals_in(document(program))
    # A path that no route has is in no operation.
    assert REFUSALS_IN_CODE[program]() - {(404, "not_found")} == in_document - {(404, "not_found")}


@programs
def test_nothing_in_the_document_is_left_over(program):
    text = FILES[program].read_text()
    for kind, components in document(program)["components"].items():
        for name in components:
            if kind != "securitySchemes":
                assert f'"#/components/{kind}/{name}"' in text, f"{kind}/{name}"


def test_what_is_served_is_the_document(client):
    for path in ("/api-docs.json", "/api/api-docs.json"):
        answer = client.get(path)
        assert answer.json() == document("ChatCore")
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["Cache-Control"] == "no-store"
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(path, headers=tag).status_code == 304
    assert client.get("/docs/cipher-api.json").status_code == 404
