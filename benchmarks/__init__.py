"""Where the README's numbers come from: each module measures one promise and is run by its name."""
