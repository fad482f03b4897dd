"""The only room that knows boto3: accounts, clients, the guard, errors, and one module a resource."""
