"""Compile the part of schema.org's vocabulary that we use into tests/schema_org.json, from npm's schema-dts.

    npm pack schema-dts && tar xzf schema-dts-*.tgz
    python scripts/compile_schema_org.py package/dist/schema.d.ts

The vocabulary is schema.org's, under CC BY-SA 3.0; schema-dts, under Apache 2.0, writes it down for TypeScript.
"""

import json
import re
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "tests" / "schema_org.json"
USED = (
    "Article BreadcrumbList City Claim CreativeWork Dataset DefinedTerm EntryPoint GeoCoordinates ImageObject ListItem "
    "NewsArticle Organization PostalAddress Project QuantitativeValue Report SearchAction VideoObject WebPage WebSite"
).split()
ABOUT = {
    "about": "Types of schema.org with the types they belong to, and their properties with what each may be.",
    "source": "https://schema.org, as schema-dts has it",
    "licence": "CC BY-SA 3.0, https://creativecommons.org/licenses/by-sa/3.0/",
    "made_by": "scripts/compile_schema_org.py",
}


def compiled(text: str) -> dict:
    """The used types and all that they belong to: `{type: {"parents": […], "properties": {name: [type, …]}}}`."""
    interfaces = {
        name: (heritage, body)
        for name, heritage, body in re.findall(r"interface (\w+) extends (.*?) \{(.*?)\n\}", text, re.DOTALL)
    }
    types, waiting = {}, list(USED)
    while waiting:
        name = waiting.pop()
        if name in types:
            continue
        # A type without properties of its own is only a leaf of the one above it.
        heritage, body = interfaces.get(f"{name}Base") or interfaces[f"{name}Leaf"]
        parents = re.findall(r"(\w+)Base\b", heritage)
        properties = re.findall(r'^    "(\w+)"\?: SchemaValue<(.*), "\w+">;$', body, re.MULTILINE)
        types[name] = {
            "parents": parents,
            "properties": {key: sorted(set(kinds.split(" | ")) - {"IdReference"}) for key, kinds in properties},
        }
        waiting += parents
    return dict(sorted(types.items()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = compiled(Path(sys.argv[1]).read_text(encoding="utf-8"))
    TARGET.write_text(json.dumps(ABOUT | {"types": found}, indent=1) + "\n", encoding="utf-8")
