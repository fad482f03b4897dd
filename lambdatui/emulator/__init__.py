"""The embedded AWS: a real HTTP server on loopback that any AWS client can be pointed at.

It answers Lambda, CloudWatch and CloudWatch Logs itself and has moto behind it for S3, IAM, STS, SQS, EC2, SNS and
the rest. Handlers really run, in child processes of this Python, unsandboxed and as the user who started it. Nothing
here knows the rest of the program, and the rest knows nothing of this.
"""
