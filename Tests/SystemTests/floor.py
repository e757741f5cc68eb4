"""Finds what the oldest browsers that the web client supports do not know in its files.

One unknown piece of syntax in a module is a page that never starts there; one unknown selector is a
rule that is lost. The names come from a fixture that `script/browser-floor` writes."""

import json
import re
from html.parser import HTMLParser

import tinycss2
import tree_sitter
import tree_sitter_javascript

from programs import CHECKOUT

FLOOR = json.loads((CHECKOUT / "Tests" / "Fixtures" / "browser-floor.json").read_text())
JAVASCRIPT = tree_sitter.Language(tree_sitter_javascript.language())
SCRIPT_NAMES, SCRIPT_MEMBERS = set(FLOOR["scriptNames"]), set(FLOOR["scriptMembers"])

NEW_SYNTAX = {
    "class_static_block": "Safari 16.4", "import_attribute": "Safari 17.2",
    "decorator": "no browser", "using_declaration": "Chrome 134",
}
NEW_PATTERNS = [
    (r"\(\?<[=!]", "lookbehind is Safari 16.4's"),
    (r"\(\?[ims]*-?[ims]*:", "modifiers are Chrome 125's"),
    (r"\\p\{(?:RGI_|Basic_Emoji|Emoji_Keycap)", "sets of texts need the v flag"),
]

BINDINGS = {
    "import_specifier", "namespace_import", "variable_declarator", "formal_parameters",
    "function_declaration", "class_declaration", "arrow_function", "catch_clause",
    "object_pattern", "array_pattern", "pair_pattern", "rest_pattern", "assignment_pattern",
    "object_assignment_pattern", "for_in_statement",
}
DEFINITIONS = {"method_definition", "field_definition", "pair"}


def parse(source):
    return tree_sitter.Parser(JAVASCRIPT).parse(source.encode()).root_node


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def text(node):
    return node.text.decode()


def bound_names(root):
    """Names that a script declares or imports, wherever in it."""
    return {
        text(node) for node in walk(root)
        if node.type in ("identifier", "shorthand_property_identifier_pattern")
        and node.parent.type in BINDINGS}


def defined_members(root):
    """Names of methods, fields and properties that a script defines, and of what it exports."""
    return {
        text(node) for node in walk(root)
        if node.type == "shorthand_property_identifier"
        or node.type == "property_identifier" and node.parent.type in DEFINITIONS
        or node.type == "identifier" and node.parent.parent is not None
        and node.parent.parent.type == "export_statement"}


def script_faults(source, own_members=frozenset()):
    """(line, what is wrong) of what the floor does not know in a script."""
    root = parse(source)
    bound, ours = bound_names(root), own_members | defined_members(root)
    for node in walk(root):
        for problem in (*syntax_problems(node), *name_problems(node, bound, ours)):
            yield node.start_point[0] + 1, problem


def syntax_problems(node):
    kind, source = node.type, text(node)
    if kind == "ERROR" or node.is_missing:
        yield f"cannot be read: {source[:40]}"
    elif kind in NEW_SYNTAX:
        yield f"{kind}: {NEW_SYNTAX[kind]}"
    elif kind == "regex_flags" and set(source) - set("dgimsuy"):
        yield f"the flag {source}"
    elif kind == "new_expression" and re.match(r'new RegExp\((?:.|\n)*"\w*v\w*"\)', source):
        yield "the flag v"
    elif kind == "regex_pattern" or kind == "template_string" and "raw" in text(node.parent):
        for pattern, problem in NEW_PATTERNS:
            if re.search(pattern, source.replace("(?:", "(")):
                yield problem


def name_problems(node, bound, ours):
    kind, name = node.type, text(node)
    is_new = name in SCRIPT_NAMES
    if kind == "property_identifier" and is_new and name not in ours \
            or kind == "identifier" and is_new and name not in bound \
            or kind == "string_fragment" and is_new and name.islower() \
            and "addEventListener" in text(node.parent.parent.parent) \
            or kind == "member_expression" and name in SCRIPT_MEMBERS:
        yield name
    elif kind == "variable_declarator" and re.match(r"\{[^}]*\}\s*=\s*[A-Z]\w*$", name):
        yield from SCRIPT_NAMES & set(re.findall(r"\w+", name))


def style_faults(source):
    """(line, what is wrong) of what the floor does not know in a style sheet."""
    yield from rule_faults(tinycss2.parse_stylesheet(source, skip_comments=True), nested=False)


def rule_faults(rules, nested):
    for rule in rules:
        if rule.type == "at-rule":
            yield from at_rule_faults(rule)
        elif rule.type == "qualified-rule":
            if nested:
                yield rule.source_line, "a nested rule: Safari 16.5"
            yield from selector_faults(rule.prelude)
            yield from block_faults(rule.content)
        elif rule.type == "error":
            yield rule.source_line, rule.message


def at_rule_faults(rule):
    name = rule.lower_at_keyword
    if name in FLOOR["cssAtRules"]:
        yield rule.source_line, f"@{name}"
    for token in tokens(rule.prelude):
        if token.type == "ident" and token.value in FLOOR["cssMediaFeatures"]:
            yield token.source_line, token.value
        if name == "media" and token.type == "literal" and token.value in "<>=":
            yield token.source_line, "ranges by comparison: Safari 16.4"
    if name in ("media", "supports", "layer", "container"):
        yield from rule_faults(tinycss2.parse_rule_list(rule.content, skip_comments=True), False)
    elif name == "keyframes":
        for each in tinycss2.parse_rule_list(
                rule.content, skip_comments=True, skip_whitespace=True):
            yield from block_faults(each.content)
    elif rule.content is not None:
        yield from block_faults(rule.content)


def selector_faults(prelude):
    found = list(tokens(prelude))
    for one, other in zip(found, found[1:], strict=False):
        if one.type == "literal" and one.value == ":":
            name = getattr(other, "lower_name", None) or getattr(other, "lower_value", "")
            if name in FLOOR["cssSelectors"]:
                yield one.source_line, f":{name}"
        if one.type == "literal" and one.value == "&":
            yield one.source_line, "&: Safari 16.5"


def block_faults(content):
    earlier = set()
    for each in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration":
            yield from declaration_faults(each, each.lower_name in earlier)
            earlier.add(each.lower_name)
        elif each.type == "error":
            yield each.source_line, each.message
        else:
            yield from rule_faults([each], nested=True)


def declaration_faults(declaration, has_fallback):
    name, line = declaration.lower_name, declaration.source_line
    if name in FLOOR["cssProperties"]:
        yield line, name
    if has_fallback:  # an older browser keeps the declaration before this one
        return
    for token in tokens(declaration.value):
        value = getattr(token, "lower_value", None) or getattr(token, "lower_name", None)
        if value and value in FLOOR["cssValues"].get(name, ()):
            yield line, f"{name}: {value}"
        elif token.type == "function" and value in FLOOR["cssTypes"]:
            yield line, f"{value}()"
        elif token.type == "dimension" and (
                token.lower_unit in FLOOR["cssTypes"] or re.match(r"[sld]v|cq", token.lower_unit)):
            yield line, f"the unit {token.lower_unit} without another value before it"


def tokens(nodes):
    for node in nodes or ():
        yield node
        for inner in ("arguments", "content"):
            yield from tokens(getattr(node, inner, None))


class Page(HTMLParser):
    """Gathers what the floor does not know in a page."""

    def __init__(self):
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attributes):
        if tag in FLOOR["htmlElements"]:
            self.faults.append((self.getpos()[0], f"<{tag}>"))
        self.faults += [
            (self.getpos()[0], name) for name, _ in attributes
            if name in FLOOR["htmlAttributes"]]


def page_faults(source):
    page = Page()
    page.feed(source)
    return page.faults
