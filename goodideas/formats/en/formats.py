"""English for readers everywhere: "22 November 2026", which no reader takes for another day."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
