"""A stage's model as a form: its fields, what was chosen for them, and the rows in which both are shown. No widgets."""
