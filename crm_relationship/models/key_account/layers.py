LAYERS = [("organisational", "Organisational"), ("key", "Key persons"), ("general", "General")]
"""The layers of a customer relationship: with the organisation, its key persons, everybody."""
