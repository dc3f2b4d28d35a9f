"""A page as a tree. That pages are well-formed other tests show, by a strict parser; this one is quick."""

import lxml.html


def tree_of(response) -> lxml.html.HtmlElement:
    # An answer without a body is an empty page, as it is to a browser.
    return lxml.html.document_fromstring(response.content.decode().strip() or "<html></html>")
