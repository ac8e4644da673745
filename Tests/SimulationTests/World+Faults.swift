import Control
import Lavalink

// What goes wrong, and how it heals.
extension World {
    mutating func strike() {
        guard !isCalm else { return }
        let server = Int.random(in: servers.indices, using: &generator)
        let kinds: [(weight: Int, fault: (inout World, Int) -> Void)] = [
            (weather.reset, { $0.breakLink(to: $1, isSeenByNode: true) }),
            (weather.halfOpenReset, { $0.breakLink(to: $1, isSeenByNode: false) }),
            (weather.cut, { $0.cutOff($1) }),
            (weather.kill, { $0.end($1, gracefully: false) }),
            (weather.terminate, { $0.end($1, gracefully: true) }),
            (weather.voiceClose, { $0.closeVoice($1) }),
            (weather.crash, { world, _ in world.die(orderly: false) }),
            (weather.orderlyStop, { world, _ in world.die(orderly: true) }),
            (weather.storeFailure, { world, _ in world.failStore() }),
            (weather.babble, { $0.babble($1) }),
            (weather.repetition, { $0.repeatEvents($1) }),
            (weather.badHandshake, { $0.spoilHandshake($1) }),
        ]
        var draw = Int.random(in: 0..<kinds.map(\.weight).reduce(0, +), using: &generator)
        for (weight, fault) in kinds {
            if draw < weight {
                fault(&self, server)
                break
            }
            draw -= weight
        }
        let wait = generator.wait(average: weather.secondsBetweenFaults)
        agenda.add(.fault, at: now.advanced(by: wait))
    }

    /// The faults end, and an operator sees to what does not come back by itself.
    mutating func calmDown() {
        isCalm = true
        trace.note(now, "---- the faults end")
        for server in cut.sorted() { agenda.add(.heal(server: server), at: now) }
        for server in servers.indices {
            servers[server].calmDown()
            if !servers[server].isUp { agenda.add(.restart(server: server), at: now) }
        }
        healStore()
        // Now: it may have another configuration, and other delays.
        revive()
        for second in stride(from: Int64(10), to: 90, by: 10) {
            let moment = now.advanced(by: .seconds(second))
            for plane in planes.indices {
                for node in configuration {
                    agenda.add(.operatorConnects(plane: plane, node.name), at: moment)
                }
            }
        }
        guard !options.enableReconnect else { return }
        let moment = now.advanced(by: .seconds(90) + options.maxReconnectDelay)
        for plane in planes.indices { agenda.add(.operatorRestores(plane: plane), at: moment) }
    }

    // MARK: The network

    private mutating func cutOff(_ server: Int) {
        guard cut.insert(server).inserted else { return }
        trace.note(now, "FAULT: the network to node \(server) is cut")
        let wait = generator.duration(0.5...60)
        agenda.add(.heal(server: server), at: now.advanced(by: wait))
    }

    mutating func heal(_ server: Int) {
        guard cut.remove(server) != nil else { return }
        trace.note(now, "the network to node \(server) is whole")
        for index in links.indices where links[index].server == server {
            let held = links[index].held
            links[index].held = []
            for event in held { deliver(event, over: index) }
        }
    }

    // MARK: The nodes

    private mutating func end(_ server: Int, gracefully: Bool) {
        guard servers[server].isUp else { return }
        trace.note(now, "FAULT: node \(server) ends, gracefully: \(gracefully)")
        servers[server].end(gracefully: gracefully, now: clock)
        hear(from: server)
        let wait = generator.duration(0.5...40)
        agenda.add(.restart(server: server), at: now.advanced(by: wait))
    }

    mutating func restart(_ server: Int) {
        guard !servers[server].isUp else { return }
        trace.note(now, "node \(server) starts")
        servers[server].start(now: clock)
        hear(from: server)
    }

    private mutating func closeVoice(_ server: Int) {
        let guild = generator.pick(planes[0].caller.guilds)
        let code = generator.pick([4001, 4006, 4009, 4014, 4015, 4021, 4022, 1000, 1006])
        trace.note(now, "FAULT: voice of \(guild) ends with \(code)")
        for index in servers.indices {
            servers[index].closeVoice(of: Int64(guild.rawValue), code: code, now: clock)
            hear(from: index)
        }
    }

    /// A node says what nobody can read, or what nobody knows, or much of it.
    private mutating func babble(_ server: Int) {
        let guild = generator.pick(planes[0].caller.guilds)
        let texts = [
            "", "null", "[]", "{", #"{"op":7}"#, #"{"op":"event","type":"TrackEndEvent"}"#,
            #"{"op":"playerUpdate","guildId":"\#(guild)"}"#, #"{"op":"stats","players":-1}"#,
            #"{"op":"event","type":"TrackEndEvent","guildId":"\#(guild)","track":{},"reason":5}"#,
            #"{"op":"lyrics","of":"\#(guild)"}"#,
            #"{"op":"event","type":"SegmentSkipped","guildId":"\#(guild)","segment":{"a":[1]}}"#,
            #"{"op":"event","type":"Nothing","guildId":"999999"}"#,
            #"{"op":"huge","text":"\#(String(repeating: "x", count: 100_000))"}"#,
            String(repeating: "[", count: 3_000),
        ]
        let text = generator.pick(texts)
        trace.note(now, "FAULT: node \(server) says \(text.prefix(80))")
        servers[server].say(Array(text.utf8), now: clock)
        hear(from: server)
    }

    private mutating func repeatEvents(_ server: Int) {
        trace.note(now, "FAULT: events of node \(server) come twice")
        servers[server].repeatEvents(Int.random(in: 1...6, using: &generator))
    }

    private mutating func spoilHandshake(_ server: Int) {
        trace.note(now, "FAULT: the next handshake with node \(server) fails")
        servers[server].spoilHandshake(Int.random(in: 0..<3, using: &generator))
    }

    // MARK: The program

    /// The program ends: at once, so that whatever was not committed is gone, or after it wrote
    /// what it had.
    private mutating func die(orderly: Bool) {
        guard isAlive else { return }
        trace.note(now, orderly ? "LAVADECK STOPS" : "LAVADECK DIES")
        isAlive = false
        for plane in planes.indices { end(plane, orderly: orderly) }
        life += 1
        for link in links { leave(link) }
        links = []
        agenda.add(.revive, at: now.advanced(by: generator.duration(0.1...5)))
    }

    /// The program starts, with what was committed.
    mutating func revive() {
        guard !isAlive else { return }
        isAlive = true
        life += 1
        trace.note(now, "LAVADECK STARTS (life \(life))")
        if life > 1, weather.changesConfiguration { changeConfiguration() }
        for plane in planes.indices { start(plane) }
    }

    /// Nodes are added, removed and renamed, and the options are others.
    private mutating func changeConfiguration() {
        if Bool.random(using: &generator) { options = Options(using: &generator) }
        for server in servers.indices {
            let index = configuration.firstIndex { $0.server == server }
            switch (index, Int.random(in: 0..<5, using: &generator)) {
            case (nil, 0...2):
                configuration.append(ConfiguredNode(name: newName(), server: server))
            case (let index?, 0) where configuration.count > 1: configuration.remove(at: index)
            case (let index?, 1): configuration[index].name = newName()
            default: break
            }
        }
        let nodes = configuration.map { "\($0.name) = node \($0.server)" }.joined(separator: ", ")
        trace.note(now, "configured are \(nodes); \(options)")
        mark("another configuration")
    }

    private mutating func newName() -> NodeName {
        names += 1
        return NodeName("n\(names)")
    }
}
