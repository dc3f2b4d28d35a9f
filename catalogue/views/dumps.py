"""The files that `manage.py dump` wrote: the latest at a lasting address, each under its date while it is kept."""

from django.http import FileResponse, Http404
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.dumps import MANIFEST, TYPES, find
from catalogue.exports import LICENCE
from catalogue.views.caching import without_database


@without_database
@require_safe
def dump_file(request, name, folder=""):
    path = find(name, folder)
    if path is None:
        raise Http404(
            _("There is no such dump here. The latest is described at /dumps/manifest.json, once there is one.")
        )
    about = path.stat()
    # A dump is never changed, so when it was written and how long it is tells it from every other.
    tag, moment = f'"{path.parent.name}-{about.st_mtime_ns:x}-{about.st_size:x}"', int(about.st_mtime)
    response = get_conditional_response(request, tag, moment) or FileResponse(
        path.open("rb"),
        content_type=TYPES[name],
        as_attachment=name != MANIFEST,
        filename=f"good-ideas-{path.parent.name}-{name}",
    )
    response.headers["ETag"], response.headers["Last-Modified"] = tag, http_date(moment)
    # It depends on the disk and not on the edition: whoever keeps a copy asks whether it still holds.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Link"] = f'<{LICENCE["url"]}>; rel="license"'
    return response
