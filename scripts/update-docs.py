#!/usr/bin/env python3
"""Writes what is generated into README.md and docs/operations.md.

The table of settings (from the program, which is built for it), the examples, the metrics (from their
catalog) and the limits (from doc comments). The tidy tests say when this is needed.
usage: scripts/update-docs.py
"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNITS = {"seconds": "s", "milliseconds": "ms"}


def between(text, start, end, content):
    """Replaces what is between two marks, each of which is there once."""
    before, rest = text.split(start, 1)
    _, after = rest.split(end, 1)
    return before + start + content + end + after


def settings():
    command = ["swift", "run", "--package-path", str(ROOT), "lavadeck", "config", "--table"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def value(text):
    """A default as people write it: 64 KiB, 10 s, 1,000."""
    text = re.sub(r"(?<=\d)_(?=\d)", ",", text) if "..." in text else text
    if duration := re.fullmatch(r"(?:Duration)?\.(\w+)\(([0-9_]+)\)", text):
        return f"{int(duration[2]):,} {UNITS[duration[1]]}"
    factors = text.split(" * ")
    if not all(re.fullmatch(r"[0-9_]+", factor) for factor in factors):
        return text.replace('"', "").strip("[]") or "none"
    number = int(factors[0])
    unit = len(factors) - 1
    if number % 1024 == 0 and unit == 1:
        number, unit = number // 1024, 2
    return f"{number:,}" + ["", " KiB", " MiB"][unit]


def limits():
    """One row for each settable member of a struct of limits, by file."""
    rows = []
    for path in sorted((ROOT / "Sources").glob("**/*.swift")):
        rows += limits_in(path)
    return "| Limit | Default | |\n|---|---|---|\n" + "".join(rows)


def limits_in(path):
    rows, comment, depth, begin = [], [], 0, None
    about = ""
    for line in path.read_text().split("\n"):
        code = line.split("//")[0]
        if begin is None and re.search(r"struct (\w*Limits|ListenerOptions)\b", code):
            begin = depth
        member = re.match(r"\s*package var (\w+)(.*)$", code)
        if doc := re.match(r"\s*/// ?(.*)", line):
            comment.append(doc[1])
        else:
            bounds = member and not re.search(r"[{]|\(\)|\.standard", code)
            if re.search(r"\bstruct \w+", code):
                about = " ".join(filter(None, comment)) or about
            if begin is not None and depth > begin and bounds:
                # Members that share a comment stand below one another.
                about = " ".join(filter(None, comment)) or about
                default = value(member[2].partition("=")[2].strip())
                name = f"{path.stem.split('+')[0]}.{member[1]}"
                rows.append(f"| `{name}` | {default} | {about} |\n")
            comment = []
        depth += code.count("{") - code.count("}")
        if begin is not None and depth <= begin:
            begin = None
    return rows


def metrics():
    """One row for each entry of the catalog."""
    text = (ROOT / "Sources/Service/Metrics/MetricCatalog.swift").read_text()
    entry = re.compile(r'Metric\(\s*"(\w+)",\s*\.(\w+),\s*((?:"[^"]*"[\s+]*)+)\)')
    rows = "".join(
        "| `{}` | {} | {} |\n".format(name, kind, "".join(about.split('"')[1::2]))
        for name, kind, about in entry.findall(text)
    )
    return "| Metric | Type | |\n|---|---|---|\n" + rows


def main():
    readme = ROOT / "README.md"
    text = between(readme.read_text(), "<!-- settings -->\n", "<!-- /settings -->", settings())
    for name, language in (("quickstart.sh", "sh"), ("bot.py", "python")):
        example = (ROOT / "examples" / name).read_text()
        start = f"```{language}\n" + example.split("\n", 1)[0] + "\n"
        text = between(text, start, "```\n", example.split("\n", 1)[1])
    readme.write_text(text)

    operations = ROOT / "docs" / "operations.md"
    text = between(operations.read_text(), "<!-- limits -->\n", "<!-- /limits -->", limits())
    text = between(text, "<!-- metrics -->\n", "<!-- /metrics -->", metrics())
    operations.write_text(text)


if __name__ == "__main__":
    main()
