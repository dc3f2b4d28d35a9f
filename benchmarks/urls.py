"""The map of the site, and an empty view under the same middleware: what every figure is compared with."""

from django.http import HttpResponse
from django.urls import path

from goodideas import urls as site


def empty(request):
    return HttpResponse("ok")


urlpatterns = [path("empty/", empty), *site.urlpatterns]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500
