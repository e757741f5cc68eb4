"""The rule that comments are plain sentences: a subject first, and few words."""

import re
from pathlib import Path

SENTENCE_WORDS_MAX = 25
PLAIN_WORDS = [Path("Sources"), Path("Tests"), Path("Benchmarks")]

SWIFT_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/'                                # comments
    r'|(?P<hash>\#+)"(?:"".*?"""|[^\n]*?")(?P=hash)'      # raw strings
    r'|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"'             # strings
    r'|`[^`\n]+`',                                        # raw identifiers
    re.DOTALL)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def is_within(path, folders):
    return any(path.is_relative_to(folder) for folder in folders)


def comment_blocks(source):
    """Yields the line of each comment and its text. Lines below one another are one comment."""
    first, before, texts = 0, 0, []
    for match in SWIFT_TOKENS.finditer(source.text):
        if not match.group().startswith("//"):
            continue
        line = line_of(source.text, match.start())
        stands_alone = source.lines[line - 1].strip() == match.group().strip()
        if texts and not (stands_alone and line == before + 1):
            yield first, texts
            texts = []
        first = first if texts else line
        texts.append(re.sub(r"^///? ?(?:MARK: )?", "", match.group()).rstrip())
        before = line
    if texts:
        yield first, texts


def sentences(texts):
    """Yields the sentences of a comment. Code counts as one word, and code blocks are left out."""
    paragraphs = [[]]
    for text in texts:
        item = re.match(r" *(?:- (?:Parameter \w+:|Parameters:|\w+:)?|\d+\. )", text)
        if not text or item:
            paragraphs.append([])
        is_code = text.startswith("    ") and not item and not paragraphs[-1]
        if text and not is_code:
            paragraphs[-1].append(text[item.end():] if item else text)
    for paragraph in paragraphs:
        prose = re.sub(r"`[^`]*`", "code", " ".join(paragraph))
        yield from re.split(r"(?<=[.!?]) +", prose.strip())


OPENER = r"(Who|Whom|Whose|Whoever|What|Whatever|Where|How)\b"
COMMENT_OPENER = re.compile(rf'^\s*(?:#|//|/\*\*?|\*|"""|<!--) ?{OPENER}')
COMMENTED = {".py", ".js", ".css", ".html", ".c", ".h", ".sh", ".yaml", ""}


def begins_with(word):
    return f"a sentence begins with {word}; name its subject"


def comments_are_plain(source):
    if source.is_swift and is_within(source.path, PLAIN_WORDS):
        for line, texts in comment_blocks(source):
            for sentence in sentences(texts):
                opener = re.match(OPENER, sentence)
                if opener:
                    yield line, begins_with(opener[1])
                count = len(re.findall(r"\S*\w\S*", sentence))
                if count > SENTENCE_WORDS_MAX:
                    yield line, f"a sentence of {count} words; {SENTENCE_WORDS_MAX} at most"
    elif source.path.suffix in COMMENTED:
        # Without a parser for each language: the sentences that begin a line.
        for line, text in enumerate(source.lines, 1):
            opener = COMMENT_OPENER.match(text)
            if opener:
                yield line, begins_with(opener[1])
