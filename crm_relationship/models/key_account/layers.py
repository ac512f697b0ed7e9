"""The three layers of a customer relationship, which goals, actions and scores stand in."""

LAYERS = [("organisational", "Organisational"), ("key", "Key persons"), ("general", "General")]
