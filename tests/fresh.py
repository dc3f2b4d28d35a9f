"""What a process of its own answers: `python -m tests.fresh en fr` asks for every route in these languages, in turn.

It prints a digest of each answer as JSON, by address.
"""

import hashlib
import json
import re
import sys

import django
from django.test import Client, override_settings

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
#: A form that makes something has a key of its own each time.
_STAMP = re.compile(rb'name="stamp" value="[^"]*"')


def paths() -> list[str]:
    """An example of every address that there is in each language."""
    from tests.test_collection import OTHER, addresses

    found = [group[0] for group in addresses().values()] + [path for path, _status in OTHER.values()]
    found += ["/ideas/?q=mentor&country=CA", "/ideas/?theme=nonsense", "/suggest.json?q=ger", "/ideas/no-such-idea/"]
    once = ("/i/", "/oembed", "/dumps/", "/openapi", "/sitemap", "/robots", "/.well", "/healthz", "/readyz", "/admin")
    return [path for path in found if not path.startswith(once)]


def answers(languages: list[str]) -> dict[str, str]:
    from django.conf import settings

    from catalogue.languages import prefix

    client, found = Client(), {}
    with override_settings(STORAGES=settings.STORAGES | PLAIN, WHITENOISE_AUTOREFRESH=True):
        for path in paths():
            for language in languages:
                response = client.get(prefix(language) + path)
                body = _STAMP.sub(b"", response.getvalue())
                found[prefix(language) + path] = f"{response.status_code} {hashlib.sha256(body).hexdigest()}"
    return found


if __name__ == "__main__":
    django.setup()
    print(json.dumps(answers(sys.argv[1:])))
