"""A page as a tree. That pages are well-formed other tests show, by a strict parser; this one is quick."""

import lxml.html


def tree_of(response) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(response.content.decode())
