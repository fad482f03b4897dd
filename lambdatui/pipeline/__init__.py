"""Release pipelines: a document of stages, its graph, and the runner. Spinnaker's pipelines are imported."""
