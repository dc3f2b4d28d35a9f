"""The entrance for a production server: `granian --interface wsgi goodideas.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")

application = get_wsgi_application()
