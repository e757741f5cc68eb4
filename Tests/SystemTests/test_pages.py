"""The pages agree with the code: locks, limits, counts, and which pages there are.

That the files exist which the pages name is a rule of script/tidy."""

import re

import pytest

from programs import CHECKOUT

DOCS = CHECKOUT / "docs"
SOURCES = CHECKOUT / "Sources"
UNITS = {10: "KiB", 20: "MiB"}


def rows(page, heading):
    """The cells of the table below a heading, without its two header lines."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_file_with_a_lock_stands_in_the_table_of_locks():
    listed = re.findall(
        r"`(\w+\.swift)`",
        " ".join(row[0] for row in rows((DOCS / "concurrency.md").read_text(), "Locks")))
    assert len(listed) == len(set(listed))
    assert set(listed) == {
        file.name for file in SOURCES.rglob("*.swift")
        if re.search(r"\b(?:Mutex|Atomic)[<(]", file.read_text())}


def test_every_unchecked_sendable_type_is_named():
    page = (DOCS / "concurrency.md").read_text()
    decision = next(DOCS.glob("decisions/0004-*.md")).read_text()
    types = [
        name for file in SOURCES.rglob("*.swift") for name in re.findall(
            r"(?:class|struct) (\w+)[^\n{]*@unchecked Sendable", file.read_text())]
    assert len(types) >= 4
    for name in types:
        assert f"`{name}`" in page and f"`{name}`" in decision, name


def value_of(expression):
    """A limit as the page writes it."""
    shifted = re.fullmatch(r"(\d+) << (\d+)", expression)
    if shifted:
        return f"{shifted[1]} {UNITS[int(shifted[2])]}"
    seconds = re.fullmatch(r"\.seconds\((\d+)\)", expression)
    return f"{seconds[1]} s" if seconds else f"{int(expression.replace('_', '')):,}"


def test_the_table_of_limits_says_what_the_code_says():
    code = (SOURCES / "HTTP" / "Limits.swift").read_text()
    limits = dict(re.findall(r"package var (\w+)(?:: \w+)? = (.+)", code))
    table = {
        row[0].strip("`"): row[2]
        for row in rows((DOCS / "http.md").read_text(), "Limits") if row[0].startswith("`")}
    assert len(limits) > 20
    assert table == {name: value_of(value) for name, value in limits.items()}


def test_the_threat_model_tells_how_many_passwords_are_refused():
    code = (SOURCES / "Chat" / "Accounts" / "CommonPasswords+Hashes.swift").read_text()
    count = int(re.search(r"hashCount = ([\d_]+)", code)[1].replace("_", ""))
    assert f"| held: {count:,} in any case" in (DOCS / "threat-model.md").read_text()


@pytest.mark.parametrize("page, words, file, constant", [
    ("threat-model.md", "names over {} bytes", "Chat/Accounts/Username", "lookedUpBytesMax"),
    ("decisions/0003-journal-beside-the-json-file.md", "is under {}",
     "Storage/Compaction/FoldPolicy", "smallBytesMax"),
    ("operations.md", "At {} it becomes", "ChatCore/Audit/AuditFiles", "fileBytesMax"),
    ("operations.md", "At most {} files", "ChatCore/Audit/AuditFiles", "filesMax"),
    ("operations.md", "Up to {} of lines", "ChatCore/Audit/AuditTrail", "bufferBytesMax"),
    ("deploy.md", "longer than {} (", "CipherAPI/CipherRequest", "textBytesMax"),
])
def test_a_limit_in_a_page_is_the_one_of_the_code(page, words, file, constant):
    code = (SOURCES / f"{file}.swift").read_text()
    value = value_of(re.search(rf"let {constant}(?:: \w+)? = ([\d_<> ]+)", code)[1])
    text = " ".join((DOCS / page).read_text().split())
    assert words.format(value).lower() in text.lower()


def test_every_member_that_a_page_names_exists():
    code = "\n".join(file.read_text() for file in SOURCES.rglob("*.swift"))
    tests = "\n".join(file.read_text() for file in (CHECKOUT / "Tests").rglob("*.swift"))
    named = {
        match for page in DOCS.rglob("*.md")
        for match in re.findall(r"`([A-Z]\w+)\.([a-z]\w*)(?:\(\w*:?\))?`", page.read_text())
        if match[1] not in ("swift", "py", "md")}
    assert len(named) > 10
    for kind, member in named - {("Mutex", "withLock")}:
        assert re.search(rf"\b(?:struct|class|enum|actor|protocol) {kind}\b", code + tests), kind
        assert re.search(rf"\b(?:func|var|let|case) `?{member}\b", code + tests), (kind, member)


def test_the_readme_links_every_page():
    readme = (CHECKOUT / "README.md").read_text()
    pages = [*DOCS.glob("*.md"), *DOCS.glob("guides/*.md"), CHECKOUT / "CONTRIBUTING.md"]
    assert len(pages) > 15
    for page in pages:
        assert f"]({page.relative_to(CHECKOUT)})" in readme, page
