"""Good Ideas, the project: settings, middleware, the map of addresses. It knows nothing of the domain."""
