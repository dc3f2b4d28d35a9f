"""A release ahead of this one: the same site with two migrations more, which a drill applies and takes back."""
