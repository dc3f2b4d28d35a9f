"""The entrance for a production server: `granian --interface wsgi goodideas.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from goodideas.content_type import believing_little

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")

application = believing_little(get_wsgi_application())

# After `application`, because the catalogue's modules need Django set up.
from catalogue.index import build_ahead  # noqa: E402

build_ahead()
