"""One function a page, a file per noun."""
