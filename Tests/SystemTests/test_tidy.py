"""The house rules hold, and each of them can fail."""

import subprocess
import sys

import pytest

from programs import CHECKOUT

CODE = "Sources/Chat/Friends.swift"
WORD = " word"


def tidy(*arguments):
    return subprocess.run(
        [sys.executable, CHECKOUT / "script" / "tidy", *arguments], capture_output=True, text=True)


def test_this_checkout_is_tidy():
    done = tidy()
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path, text, problem", [
    (CODE, "// x\n" * 301, "301 lines"),
    (CODE, "// " + "x" * 98 + "\n", "101 columns"),
    (CODE, "func f() {\n" + "    g()\n" * 70 + "}\n", "a function of 72 lines"),
    (CODE, "import Foundation\n", "Foundation"),
    (CODE, "package import FoundationEssentials\n", "Foundation"),
    (CODE, "let x = try! f()\n", "try!"),
    (CODE, "let x = y as! Z\n", "as!"),
    (CODE, "let x = y!\n", "force unwrap"),
    (CODE, "let x = f(y)!.z\n", "force unwrap"),
    (CODE, "struct FriendManager {}\n", "Manager"),
    (CODE, "enum StringUtil {}\n", "Util"),
    (CODE, "func f() { Task { g() } }\n", "structured"),
    (CODE, "func f() { Task.detached { g() } }\n", "structured"),
    (CODE, "func f() { Task(priority: .high) { g() } }\n", "structured"),
    (CODE, "final class X: @unchecked Sendable {}\n", "unchecked"),
    (CODE, "public struct X {}\n", "package"),
    (CODE, "let store: JSONStore\n", "ChatStore alone"),
    (CODE, "let x = name.lowercased()\n", "as ByteText"),
    (CODE, "var names: [String: Int] = [:]\n", "as ByteText"),
    (CODE, "let isSame = name.string == other\n", "as ByteText"),
    (CODE, "let code = Code(rawValue: text)\n", "as ByteText"),
    (CODE, "/// What the user sent.\nlet x = 1\n", "begins with What"),
    (CODE, "let x = 1  // Whoever asks\n", "begins with Whoever"),
    (CODE, "// MARK: Where it lies\n", "begins with Where"),
    ("Tests/SystemTests/test_x.py", "# What goes with it\n", "begins with What"),
    ("Tests/SystemTests/test_x.py", 'def f():\n    """How it is done."""\n', "begins with How"),
    ("Sources/Frontend/js/x.js", "/** Who a friend is. */\n", "begins with Who"),
    ("script/x", "#!/bin/sh\n# Where it lies.\n", "begins with Where"),
    (CODE, "/// A list.\n///\n/// - Throws: What it\n///   threw.\n", "begins with What"),
    (CODE, "/// One. How it is done is open.\nlet x = 1\n", "begins with How"),
    (CODE, f"///{WORD * 13}\n///{WORD * 13}.\n", "a sentence of 26 words"),
    (CODE, f"/// - x:{WORD * 13}\n///    {WORD * 13}\n", "a sentence of 26 words"),
    ("Tests/ChatTests/XTests.swift", "@Test(arguments: [1])\nfunc aThing() {}\n", "`sentence`"),
    (CODE, "// swift-format-" + "ignore\nlet x = 1\n", "formatter"),
    (CODE, 'let path = "/' + 'home/me/data"\n', "path of one machine"),
    ("Tests/SystemTests/x.py", 'path = "/' + 'tmp/data"\n', "path of one machine"),
    ("Tests/SystemTests/x.py", "def f():\n" + "    g()\n" * 70, "a function of 71 lines"),
    ("README.md", "See [this](docs/none.md).\n", "leads nowhere"),
    ("README.md", "# One\nSee [that](#two).\n", "no #two"),
    ("README.md", "See `Sources/Chat/None.swift`.\n", "no file Sources/Chat/None.swift"),
    ("docs/x.md", "# One\n\nIt is in `Nowhere.swift`, line 4.\n", "no file Nowhere.swift"),
    ("docs/x.md", "```\nscript/none --quick\n```\n", "no file script/none"),
    ("docs/x.md", "`Tests/ChatTests/NAME.swift`\n", "no file Tests/ChatTests/NAME.swift"),
    ("script/thing", "#!/bin/sh\n", "not executable"),
    (CODE, "let x = 1 \n", "trailing space"),
    (CODE, "let x = 1", "no newline"),
    (CODE, "// TO" + "DO: more\n", "finish it"),
])
def test_a_broken_rule_is_found(tmp_path, path, text, problem):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    done = tidy(tmp_path)
    assert done.returncode == 1
    assert f"{path}:" in done.stdout and problem in done.stdout


@pytest.mark.parametrize("path, text", [
    (CODE, '// not try! here, nor in "x!"\nlet x = "as! y!" + #"a "quoted" y!"# // z!\n'),
    (CODE, "if a != b, !c { f(!d) }\n"),
    (CODE, "func `what a day!`() {}\n"),
    (CODE, "enum Base64 {}\nstruct Basement {}\n"),
    (CODE, f"///{WORD * 12} `let x = y + z`\n///{WORD * 12}. Next.\n"),
    (CODE, f"/// One{WORD * 13}\n\n/// Two{WORD * 13}\n"),
    (CODE, f"/// A table:\n///\n///    {WORD * 16}\n///     What{WORD * 12}\n"),
    (CODE, "/// Whether it is.\nlet what = \"// What is\"\n"),
    (CODE, "let words = \"\"\"\n    Task { y! }\n    \"\"\"\n"),
    ("Sources/EventLoop/Loop.swift", "final class X: @unchecked Sendable {}\n"),
    ("Sources/EventLoop/Loop.swift", "func f() { Task { g() } }\n"),
    ("Tests/ChatTests/XTests.swift", "import Foundation\n"),
    ("Tests/ChatTests/XTests.swift", "@Test func `a thing`() {}\nfunc thing() {}\n"),
    ("README.md", "# One two\nSee [that](#one-two), [there](https://x.example) and `[x](y)`.\n"),
    ("docs/x.md", "`docs/x.md`, `docs/NAME.md`, `docs/`, `data/none.json`, Sources/None.swift\n"),
])
def test_what_the_rules_allow_is_not_found(tmp_path, path, text):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    done = tidy(tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
