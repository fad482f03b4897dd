"""AWS Lambda: the control plane, split by subject, and how an invocation is carried out."""
