"""The site's own settings, with the mirrored language beside the others: for looking at it, and for fresh processes."""

import tempfile
from pathlib import Path

from django.conf import global_settings

from goodideas.settings import *  # noqa: F403
from goodideas.settings import LANGUAGES, LOCALE_PATHS
from tests import mirrored

_folder = tempfile.TemporaryDirectory()
mirrored.write(Path(_folder.name))
LANGUAGES = [*LANGUAGES, (mirrored.CODE, mirrored.NAME)]
LANGUAGES_BIDI = [*global_settings.LANGUAGES_BIDI, mirrored.CODE]
LOCALE_PATHS = [*LOCALE_PATHS, _folder.name]
