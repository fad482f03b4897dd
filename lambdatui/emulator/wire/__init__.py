"""What goes over the wire: an HTTP request becomes an operation and its parameters, a result becomes an answer.

All of it is driven by botocore's own service models, so whatever the installed botocore can send is understood, and
whatever it can read is sent.
"""
