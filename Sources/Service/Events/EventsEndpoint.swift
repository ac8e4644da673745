import Wire

extension EventHub {
    /// `GET /v1/events`.
    ///
    /// The last event is named by the header, which browsers and libraries send by themselves, or
    /// by `?lastEventId=`, for those who cannot.
    package func route() -> Route {
        Route(
            .get,
            "/v1/events",
            "streamEvents",
            query: EventFilter.parameters + ["lastEventId"],
            .stream { [self] context, exchange throws(Problem) in
                try subscribe(
                    exchange,
                    filter: EventFilter(context),
                    lastEventID: context.request.headers["Last-Event-ID"]
                        ?? context.query("lastEventId"),
                    requestID: context.requestID
                )
            }
        )
    }
}
