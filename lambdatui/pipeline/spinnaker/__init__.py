"""Spinnaker's pipelines, read as Spinnaker exports them and written as ours."""
