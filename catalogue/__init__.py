"""The catalogue, the app: everything that the site knows about ideas."""
