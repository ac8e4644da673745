package import Wire

/// One family of metrics, as `docs/operations.md` lists it.
package struct Metric: Sendable, Equatable {
    package var name: String
    package var kind: PrometheusText.Kind
    package var help: String

    init(_ name: String, _ kind: PrometheusText.Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

/// Every metric there is; labels are only of closed sets, and never a guild.
package enum MetricCatalog {
    package static let all =
        program + process + requests + events + nodes + nodeStats + players + store

    // MARK: The program

    static let buildInfo = Metric("lavadeck_build_info", .gauge, "Always 1; labelled by version.")
    static let loopLag = Metric(
        "lavadeck_loop_lag_seconds",
        .histogram,
        "How late the loop runs what is due, asked once a second."
    )
    static let program = [buildInfo, loopLag]

    static let cpuSeconds = Metric(
        "process_cpu_seconds_total",
        .counter,
        "Processor time in user and system mode, in seconds."
    )
    static let residentMemory = Metric(
        "process_resident_memory_bytes",
        .gauge,
        "Memory that is in use, in bytes."
    )
    static let virtualMemory = Metric(
        "process_virtual_memory_bytes",
        .gauge,
        "Memory that is mapped, in bytes."
    )
    static let startTime = Metric(
        "process_start_time_seconds",
        .gauge,
        "When the process began, in seconds since 1970."
    )
    static let openDescriptors = Metric("process_open_fds", .gauge, "Descriptors that are open.")
    static let mostDescriptors = Metric("process_max_fds", .gauge, "Descriptors that may be open.")
    static let threads = Metric("process_threads", .gauge, "Threads of the process.")
    static let process = [
        cpuSeconds, residentMemory, virtualMemory, startTime, openDescriptors, mostDescriptors,
        threads,
    ]

    // MARK: HTTP

    static let httpRequests = Metric(
        "lavadeck_http_requests_total",
        .counter,
        "Requests by route template, method and class of status."
    )
    static let httpDuration = Metric(
        "lavadeck_http_request_duration_seconds",
        .histogram,
        "From a whole request to its answer, by route template."
    )
    static let httpWaiting = Metric(
        "lavadeck_http_requests_waiting",
        .gauge,
        "Requests that wait for a node or the store."
    )
    static let httpConnections = Metric(
        "lavadeck_http_connections",
        .gauge,
        "Connections of clients that are open."
    )
    static let httpAccepted = Metric(
        "lavadeck_http_connections_accepted_total",
        .counter,
        "Connections of clients that were accepted."
    )
    static let httpRefused = Metric(
        "lavadeck_http_refused_total",
        .counter,
        "Requests and connections refused before a route was looked for, by reason."
    )
    static let requests = [
        httpRequests, httpDuration, httpWaiting, httpConnections, httpAccepted, httpRefused,
    ]

    // MARK: Events

    static let sseSubscribers = Metric(
        "lavadeck_sse_subscribers",
        .gauge,
        "Streams of events that are open."
    )
    static let sseEvents = Metric(
        "lavadeck_sse_events_total",
        .counter,
        "Events that happened; each goes to every subscriber that asked for it."
    )
    static let sseDropped = Metric(
        "lavadeck_sse_dropped_total",
        .counter,
        "Streams that were ended from this side, by reason."
    )
    static let sseWindowEvents = Metric(
        "lavadeck_sse_window_events",
        .gauge,
        "Events that are kept for replay."
    )
    static let sseWindowBytes = Metric(
        "lavadeck_sse_window_bytes",
        .gauge,
        "Bytes of the events that are kept for replay."
    )
    static let events = [
        sseSubscribers, sseEvents, sseDropped, sseWindowEvents, sseWindowBytes,
    ]
}

extension MetricCatalog {
    // MARK: Nodes, by bot and node

    static let nodeUp = Metric(
        "lavadeck_node_up",
        .gauge,
        "1 when the node is connected and has a session, else 0."
    )
    static let nodePlayers = Metric(
        "lavadeck_node_players",
        .gauge,
        "Players of the bot that are at home on the node."
    )
    static let nodeLatency = Metric(
        "lavadeck_node_latency_seconds",
        .gauge,
        "From the last ping to its pong."
    )
    static let nodeFailures = Metric(
        "lavadeck_node_connect_failures",
        .gauge,
        "Attempts to connect that failed in a row."
    )
    static let nodeBreakerOpen = Metric(
        "lavadeck_node_breaker_open",
        .gauge,
        "1 while the circuit breaker keeps commands away, else 0."
    )
    static let nodeDisconnects = Metric(
        "lavadeck_node_disconnects_total",
        .counter,
        "Connections to the node that were lost."
    )
    static let nodeReconnects = Metric(
        "lavadeck_node_reconnects_total",
        .counter,
        "Connections to the node that were made again."
    )
    static let nodeFailedReconnects = Metric(
        "lavadeck_node_failed_reconnects_total",
        .counter,
        "Attempts to connect again that failed."
    )
    static let nodeRestored = Metric(
        "lavadeck_node_players_restored_total",
        .counter,
        "Players that were brought back on the node."
    )
    static let nodes = [
        nodeUp, nodePlayers, nodeLatency, nodeFailures, nodeBreakerOpen, nodeDisconnects,
        nodeReconnects, nodeFailedReconnects, nodeRestored,
    ]

    // MARK: What nodes say of themselves

    static let statsPlayers = Metric(
        "lavadeck_node_stats_players",
        .gauge,
        "Players that the node has, of whomever."
    )
    static let statsPlaying = Metric(
        "lavadeck_node_stats_playing_players",
        .gauge,
        "Players that the node has and that play, of whomever."
    )
    static let statsUptime = Metric(
        "lavadeck_node_stats_uptime_seconds",
        .gauge,
        "How long the node has been running."
    )
    static let statsMemoryUsed = Metric(
        "lavadeck_node_stats_memory_used_bytes",
        .gauge,
        "Heap of the node that is in use."
    )
    static let statsMemoryReservable = Metric(
        "lavadeck_node_stats_memory_reservable_bytes",
        .gauge,
        "Heap that the node may have."
    )
    static let statsSystemLoad = Metric(
        "lavadeck_node_stats_system_load",
        .gauge,
        "Load of the node's machine, from 0 to 1."
    )
    static let statsLavalinkLoad = Metric(
        "lavadeck_node_stats_lavalink_load",
        .gauge,
        "Load that the node itself makes, from 0 to 1."
    )
    static let statsFrames = Metric(
        "lavadeck_node_stats_frames",
        .gauge,
        "Audio frames of the last full minute, averaged over players, by kind."
    )
    static let nodeStats = [
        statsPlayers, statsPlaying, statsUptime, statsMemoryUsed, statsMemoryReservable,
        statsSystemLoad, statsLavalinkLoad, statsFrames,
    ]

    // MARK: Players and the store, by bot

    static let playerCount = Metric("lavadeck_players", .gauge, "Players by state.")
    static let queueEntries = Metric(
        "lavadeck_queue_entries",
        .gauge,
        "Tracks that wait in all queues."
    )
    static let players = [playerCount, queueEntries]

    static let storeLag = Metric(
        "lavadeck_store_lag_seconds",
        .gauge,
        "How long the oldest change has waited to be kept; 0 when all is."
    )
    static let storeFailing = Metric(
        "lavadeck_store_failing",
        .gauge,
        "1 while changes cannot be kept, else 0."
    )
    static let store = [storeLag, storeFailing]
}
