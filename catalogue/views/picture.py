"""The pictures of ideas: each size at an address that never shows anything else, for as long as readers may see it."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.models import Idea, Picture
from catalogue.renditions import NARROW, WIDE

#: A browser need never ask again. A shared cache asks every ten minutes: what was withdrawn is handed out no longer.
LASTING = f"public, max-age={365 * 24 * 3600}, s-maxage=600, immutable"


@require_safe
def picture_file(request, digest, width):
    found = Picture.objects.filter(digest=digest)
    if width not in (NARROW, WIDE) or not found.exists():
        raise Http404(_("There is no picture at this address."))
    if found.shown().exists():
        return sent(request, digest, width, LASTING)
    if sees_drafts(request):
        return sent(request, digest, width, "private, no-store")
    if found.gone().exists():
        return HttpResponse(_("This picture was withdrawn with its idea."), status=410, content_type="text/plain")
    raise Http404(_("There is no picture at this address."))


def sees_drafts(request) -> bool:
    """Whether an editor asks. Who has no session isn't looked up: the answer to a reader depends on no cookie."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.has_perm(
        f"catalogue.change_{Idea._meta.model_name}"
    )


def sent(request, digest: str, width: int, caching: str):
    tag = f'"{digest}-{width}"'
    try:
        response = get_conditional_response(request, tag) or FileResponse(
            Picture.file_of(digest, width).open("rb"), content_type="image/webp", filename=f"{digest}-{width}.webp"
        )
    except FileNotFoundError:
        raise Http404(_("This picture isn’t on this machine.")) from None
    response.headers["ETag"], response.headers["Cache-Control"] = tag, caching
    return response
