"""The verbs: each reads, decides with the core, and returns values that a shell can show."""
