package import Wire

/// How a node is doing (lavalink-v4.md §4.3).
package struct Stats: Hashable, Sendable, NodeValue {
    /// Bytes of the JVM's heap.
    package struct Memory: Hashable, Sendable {
        package var free: Int64
        package var used: Int64
        package var allocated: Int64
        package var reservable: Int64

        package init(free: Int64, used: Int64, allocated: Int64, reservable: Int64) {
            self.free = free
            self.used = used
            self.allocated = allocated
            self.reservable = reservable
        }
    }

    package struct CPU: Hashable, Sendable {
        package var cores: Int
        /// 0 to 1 from Lavalink 4.1 on; a load average, which may be more, from NodeLink.
        package var systemLoad: Double
        /// 0 to 1.
        package var lavalinkLoad: Double

        package init(cores: Int, systemLoad: Double, lavalinkLoad: Double) {
            self.cores = cores
            self.systemLoad = systemLoad
            self.lavalinkLoad = lavalinkLoad
        }
    }

    /// Audio frames of the last full minute, averaged over this session's players; 3000 are due.
    package struct FrameStats: Hashable, Sendable {
        package var sent: Int
        package var nulled: Int
        /// Negative when too many were sent.
        package var deficit: Int

        package init(sent: Int, nulled: Int, deficit: Int) {
            self.sent = sent
            self.nulled = nulled
            self.deficit = deficit
        }
    }

    /// Of all sessions of the node that are connected.
    package let players: Int
    package let playingPlayers: Int
    /// Milliseconds.
    package let uptime: Int64
    package let memory: Memory
    package let cpu: CPU
    /// Nil when no player has played for a whole minute.
    package let frameStats: FrameStats?
    /// The object as it came, with whatever else the node says, without the `op` of a message.
    package let raw: RawJSON

    package init(
        players: Int,
        playingPlayers: Int,
        uptime: Int64,
        memory: Memory,
        cpu: CPU,
        frameStats: FrameStats? = nil
    ) {
        self.players = players
        self.playingPlayers = playingPlayers
        self.uptime = uptime
        self.memory = memory
        self.cpu = cpu
        self.frameStats = frameStats
        var json = JSONWriter()
        json.object { json in
            json.key("frameStats")
            if let frameStats { frameStats.write(into: &json) } else { json.null() }
            json.member("players", players)
            json.member("playingPlayers", playingPlayers)
            json.member("uptime", uptime)
            json.key("memory")
            memory.write(into: &json)
            json.key("cpu")
            cpu.write(into: &json)
        }
        raw = json.raw
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        players = value.count("players") ?? 0
        playingPlayers = value.count("playingPlayers") ?? 0
        uptime = value.whole("uptime") ?? 0
        memory = Memory(value.present("memory"))
        cpu = CPU(value.present("cpu"))
        frameStats = value.present("frameStats").map(FrameStats.init)
        raw = value["op"] == nil ? value.raw : Self.withoutOp(value)
    }

    private static func withoutOp(_ value: JSONValue) -> RawJSON {
        var json = JSONWriter()
        json.object { json in
            for (key, value) in value.members {
                guard let name = key.string, name != "op" else { continue }
                json.key(named: name)
                json.value(value.raw)
            }
        }
        return json.raw
    }

    package func write(into json: inout JSONWriter) { json.value(raw) }

    func writeMembers(into json: inout JSONWriter) {
        for (key, value) in raw.value.members {
            guard let name = key.string else { continue }
            json.key(named: name)
            json.value(value.raw)
        }
    }
}

extension Stats.Memory {
    fileprivate init(_ value: JSONValue?) {
        free = value?.whole("free") ?? 0
        used = value?.whole("used") ?? 0
        allocated = value?.whole("allocated") ?? 0
        reservable = value?.whole("reservable") ?? 0
    }

    fileprivate func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("free", free)
            json.member("used", used)
            json.member("allocated", allocated)
            json.member("reservable", reservable)
        }
    }
}

extension Stats.CPU {
    fileprivate init(_ value: JSONValue?) {
        cores = value?.count("cores") ?? 0
        systemLoad = value?.real("systemLoad") ?? 0
        lavalinkLoad = value?.real("lavalinkLoad") ?? 0
    }

    fileprivate func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("cores", cores)
            json.member("systemLoad", systemLoad)
            json.member("lavalinkLoad", lavalinkLoad)
        }
    }
}

extension Stats.FrameStats {
    fileprivate init(_ value: JSONValue) {
        sent = value.count("sent") ?? 0
        nulled = value.count("nulled") ?? 0
        let least = Int64(Int32.min)
        deficit = Int(min(max(value.whole("deficit") ?? 0, least), Int64(Int32.max)))
    }

    fileprivate func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("sent", sent)
            json.member("nulled", nulled)
            json.member("deficit", deficit)
        }
    }
}
