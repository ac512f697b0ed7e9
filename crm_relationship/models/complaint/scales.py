"""The scales by which complaints are judged, each from the least to the worst."""

SEVERITIES = [
    ("minor", "Minor"),
    ("moderate", "Moderate"),
    ("serious", "Serious"),
    ("critical", "Critical"),
]
COMPLEXITIES = [("simple", "Simple"), ("normal", "Normal"), ("complex", "Complex")]
IMPACTS = [("one", "One person"), ("group", "A group"), ("many", "Many, or the public")]
PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]
