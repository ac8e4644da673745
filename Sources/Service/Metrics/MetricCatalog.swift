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

    static let buildInfo = Metric(
        "lavadeck_build_info",
        .gauge,
        "Always 1; the label has the version."
    )
    static let loopLag = Metric(
        "lavadeck_loop_lag_seconds",
        .histogram,
        "Delay of a timer on the event loop, measured once a second."
    )
    static let program = [buildInfo, loopLag]

    static let cpuSeconds = Metric(
        "process_cpu_seconds_total",
        .counter,
        "CPU time in user and system mode, in seconds."
    )
    static let residentMemory = Metric(
        "process_resident_memory_bytes",
        .gauge,
        "Resident memory, in bytes."
    )
    static let virtualMemory = Metric(
        "process_virtual_memory_bytes",
        .gauge,
        "Virtual memory, in bytes."
    )
    static let startTime = Metric(
        "process_start_time_seconds",
        .gauge,
        "Start time of the process, in seconds since 1970."
    )
    static let openDescriptors = Metric("process_open_fds", .gauge, "Open file descriptors.")
    static let mostDescriptors = Metric(
        "process_max_fds",
        .gauge,
        "Limit of open file descriptors."
    )
    static let threads = Metric("process_threads", .gauge, "Threads of the process.")
    static let process = [
        cpuSeconds, residentMemory, virtualMemory, startTime, openDescriptors, mostDescriptors,
        threads,
    ]

    // MARK: HTTP

    static let httpRequests = Metric(
        "lavadeck_http_requests_total",
        .counter,
        "HTTP requests by route template, method and status class."
    )
    static let httpDuration = Metric(
        "lavadeck_http_request_duration_seconds",
        .histogram,
        "Time from the complete request to the response, by route template."
    )
    static let httpWaiting = Metric(
        "lavadeck_http_requests_waiting",
        .gauge,
        "Requests waiting for a node or the database."
    )
    static let httpConnections = Metric(
        "lavadeck_http_connections",
        .gauge,
        "Open client connections."
    )
    static let httpAccepted = Metric(
        "lavadeck_http_connections_accepted_total",
        .counter,
        "Client connections accepted."
    )
    static let httpRefused = Metric(
        "lavadeck_http_refused_total",
        .counter,
        "Requests and connections rejected before routing, by reason."
    )
    static let requests = [
        httpRequests, httpDuration, httpWaiting, httpConnections, httpAccepted, httpRefused,
    ]

    // MARK: Events

    static let sseSubscribers = Metric(
        "lavadeck_sse_subscribers",
        .gauge,
        "Open event streams."
    )
    static let sseEvents = Metric(
        "lavadeck_sse_events_total",
        .counter,
        "Events published, each counted once however many subscribers receive it."
    )
    static let sseDropped = Metric(
        "lavadeck_sse_dropped_total",
        .counter,
        "Event streams closed by the service, by reason."
    )
    static let sseWindowEvents = Metric(
        "lavadeck_sse_window_events",
        .gauge,
        "Events kept for replay."
    )
    static let sseWindowBytes = Metric(
        "lavadeck_sse_window_bytes",
        .gauge,
        "Bytes of the events kept for replay."
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
        "1 if the node is connected and has a session, otherwise 0."
    )
    static let nodePlayers = Metric(
        "lavadeck_node_players",
        .gauge,
        "Players of the bot that are assigned to the node."
    )
    static let nodeLatency = Metric(
        "lavadeck_node_latency_seconds",
        .gauge,
        "Round-trip time of the last ping."
    )
    static let nodeFailures = Metric(
        "lavadeck_node_connect_failures",
        .gauge,
        "Consecutive failed attempts to connect."
    )
    static let nodeBreakerOpen = Metric(
        "lavadeck_node_breaker_open",
        .gauge,
        "1 while the circuit breaker is open, otherwise 0."
    )
    static let nodeDisconnects = Metric(
        "lavadeck_node_disconnects_total",
        .counter,
        "Connections to the node lost."
    )
    static let nodeReconnects = Metric(
        "lavadeck_node_reconnects_total",
        .counter,
        "Successful reconnects to the node."
    )
    static let nodeFailedReconnects = Metric(
        "lavadeck_node_failed_reconnects_total",
        .counter,
        "Failed attempts to reconnect to the node."
    )
    static let nodeRestored = Metric(
        "lavadeck_node_players_restored_total",
        .counter,
        "Players restored on the node."
    )
    static let nodes = [
        nodeUp, nodePlayers, nodeLatency, nodeFailures, nodeBreakerOpen, nodeDisconnects,
        nodeReconnects, nodeFailedReconnects, nodeRestored,
    ]

    // MARK: What nodes say of themselves

    static let statsPlayers = Metric(
        "lavadeck_node_stats_players",
        .gauge,
        "Players on the node, across all clients."
    )
    static let statsPlaying = Metric(
        "lavadeck_node_stats_playing_players",
        .gauge,
        "Playing players on the node, across all clients."
    )
    static let statsUptime = Metric(
        "lavadeck_node_stats_uptime_seconds",
        .gauge,
        "Uptime of the node, in seconds."
    )
    static let statsMemoryUsed = Metric(
        "lavadeck_node_stats_memory_used_bytes",
        .gauge,
        "Used heap memory of the node, in bytes."
    )
    static let statsMemoryReservable = Metric(
        "lavadeck_node_stats_memory_reservable_bytes",
        .gauge,
        "Maximum heap memory of the node, in bytes."
    )
    static let statsSystemLoad = Metric(
        "lavadeck_node_stats_system_load",
        .gauge,
        "CPU load of the node's machine, from 0 to 1."
    )
    static let statsLavalinkLoad = Metric(
        "lavadeck_node_stats_lavalink_load",
        .gauge,
        "CPU load of the node's process, from 0 to 1."
    )
    static let statsFrames = Metric(
        "lavadeck_node_stats_frames",
        .gauge,
        "Audio frames in the last full minute, averaged over players, by kind."
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
        "Entries in all queues."
    )
    static let players = [playerCount, queueEntries]

    static let storeLag = Metric(
        "lavadeck_store_lag_seconds",
        .gauge,
        "Age of the oldest change that is not saved yet; 0 if all are saved."
    )
    static let storeFailing = Metric(
        "lavadeck_store_failing",
        .gauge,
        "1 while the database cannot be written, otherwise 0."
    )
    static let store = [storeLag, storeFailing]
}
