"""What a request says of the kind of its content: the type and the boundary are believed, and nothing else."""

import re

_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)
_BOUNDARY = re.compile(r""";\s*boundary="?([\w'()+,./:=?-]{1,70})""", re.ASCII | re.IGNORECASE)


def believed(kind: str) -> str:
    """The type, and the boundary where it names one; empty where neither can be read.

    security: Django reads the address and the form in whatever charset is named here, before any middleware could
    answer for it. Python has names for charsets that read nothing (base64, idna), and each was a fault of ours. All
    forms here are in UTF-8, as their pages are.
    """
    found, boundary = _TYPE.match(kind.strip()), _BOUNDARY.search(kind)
    return (found[0] if found else "") + (f"; boundary={boundary[1]}" if found and boundary else "")


def believing_little(application):
    """A WSGI application that is told only what is believed."""

    def answer(environ, start_response):
        if kind := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = believed(kind)
        return application(environ, start_response)

    return answer
