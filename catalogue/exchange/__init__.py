"""Tables that come in and go out: the catalogue as files that editors work on, and what is read back from them."""
