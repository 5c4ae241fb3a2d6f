"""Reads annotations and Markdown as others do: the workflow commands by GitHub's grammar, the Markdown by a CommonMark parser.

usage: texts.py FILE…        *.github are annotations, *.md is Markdown
"""

import re
import sys
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt

COMMAND = re.compile(r"^::(?P<kind>[a-z-]+)(?: (?P<properties>[^:]*))?::(?P<message>.*)$")
KINDS = {"error", "warning", "notice"}
PROPERTIES = {"file", "line", "endLine", "col", "endColumn", "title"}


def annotations(text):
    for line in text.splitlines():
        if not line.startswith("::"):
            continue
        command = COMMAND.match(line)
        assert command and command["kind"] in KINDS, f"no annotation: {line}"
        given = dict(pair.split("=", 1) for pair in (command["properties"] or "").split(",") if pair)
        assert set(given) <= PROPERTIES, f"unknown properties: {line}"
        assert all(given[name].isdigit() and int(given[name]) > 0 for name in ("line", "col", "endColumn") if name in given), line
        assert unquote(command["message"]).strip(), f"says nothing: {line}"
        assert not re.search(r"%(?!25|0D|0A|3A|2C)", line), f"a percent sign that is no escape: {line}"
        yield given


def markdown(text):
    parser = MarkdownIt("commonmark").enable("table")
    allowed = re.compile(r"^</?(details|summary|sub)>$")
    for token in parser.parse(text):
        yield token.type
        for part in token.children or []:
            if part.type == "html_inline":
                assert allowed.match(part.content), f"raw HTML: {part.content}"
            if part.type == "link_open":
                assert part.attrs["href"].startswith("https://"), part.attrs
        if token.type == "html_block":
            tags = re.findall(r"<[^>]*>", token.content)
            assert all(allowed.match(tag) for tag in tags), f"raw HTML: {token.content}"


for path in map(Path, sys.argv[1:]):
    text = path.read_text()
    if path.suffix == ".github":
        found = list(annotations(text))
        print(f"ok {path.name}: {len(found)} annotations")
    else:
        kinds = list(markdown(text))
        assert "heading_open" in kinds, f"{path.name}: no heading"
        assert text.count("```") % 2 == 0, f"{path.name}: an open fence"
        print(f"ok {path.name}: {len(kinds)} tokens")
