import Testing

/// The services of a compose file by name, each as its lines; two columns for each level.
func composeServices(_ text: String) -> [String: [String]] {
    var services: [String: [String]] = [:]
    var isInside = false
    var name: String?
    for line in text.split(separator: "\n").map(String.init) {
        let indent = line.prefix { $0 == " " }.count
        if indent == 0 {
            isInside = line == "services:"
        } else if isInside, indent == 2, line.hasSuffix(":") {
            name = String(line.dropFirst(2).dropLast())
        } else if isInside, let name {
            services[name, default: []].append(line.trimmed)
        }
    }
    return services
}

/// Ports that are published beyond the loopback interface.
func openPorts(_ lines: [String]) -> [String] {
    guard let start = lines.firstIndex(of: "ports:") else { return [] }
    return lines[(start + 1)...].prefix { $0.hasPrefix("- ") }
        .filter { !$0.hasPrefix("- \"127.0.0.1:") }
}

/// Settings whose name says that they are secret, and whose value is written there.
func writtenSecrets(_ lines: [String]) -> [String] {
    lines.filter { line in
        let pieces = line.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
        guard pieces.count == 2, let name = pieces.first else { return false }
        let isSecret = ["PASSWORD", "TOKEN", "SECRET", "_AUTH"].contains { name.contains($0) }
        return isSecret && name.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
            && !name.hasSuffix("_FILE")
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

@Suite("docker-compose.yml")
struct ComposeTests {
    private let services = composeServices(Repository.text(of: "docker-compose.yml"))

    @Test("has a step that makes secrets, a node, and the service")
    func parts() {
        #expect(services.keys.sorted() == ["init", "lavadeck", "lavalink"])
    }

    @Test("publishes on the loopback interface alone")
    func ports() {
        #expect(services.values.flatMap { openPorts($0) } == [])
        #expect(openPorts(["ports:", "- \"8333:8333\"", "- \"127.0.0.1:1:1\""]).count == 1)
    }

    @Test("has no secret in it, and none to type")
    func secrets() {
        #expect(services.values.flatMap { writtenSecrets($0) } == [])
        #expect(writtenSecrets(["LAVADECK_TOKEN: abc", "LAVADECK_TOKEN_FILE: /a"]).count == 1)
        let text = Repository.text(of: "docker-compose.yml")
        #expect(!text.contains("youshallnotpass"))
        // Every variable that may be set has a default.
        for range in text.ranges(of: "${") {
            let variable = text[range.upperBound...].prefix { $0 != "}" }
            #expect(variable.contains(":-"), "\(variable) must be typed")
        }
    }

    @Test("starts the service when the node is well, and the node when its password is there")
    func order() throws {
        let lavadeck = try #require(services["lavadeck"])
        let lavalink = try #require(services["lavalink"])
        #expect(lavadeck.contains("condition: service_healthy"))
        #expect(lavalink.contains("condition: service_completed_successfully"))
        #expect(lavadeck.contains("healthcheck:") && lavalink.contains("healthcheck:"))
        #expect(lavadeck.contains("test: [\"CMD\", \"lavadeck\", \"healthcheck\"]"))
    }

    @Test("gives nobody more rights than needed, and keeps the state in a named volume")
    func rights() throws {
        for (name, lines) in services {
            #expect(lines.contains("cap_drop: [ALL]"), "\(name)")
            #expect(lines.contains("security_opt: [\"no-new-privileges:true\"]"), "\(name)")
            #expect(!lines.contains("privileged: true"), "\(name)")
        }
        let lavadeck = try #require(services["lavadeck"])
        #expect(lavadeck.contains("read_only: true") && lavadeck.contains("- state:/data"))
    }
}

@Suite("Dockerfile")
struct DockerfileTests {
    private let lines = Repository.text(of: "Dockerfile").split(separator: "\n").map(String.init)

    /// What follows the last FROM: the image that runs.
    private var final: ArraySlice<String> {
        lines[(lines.lastIndex { $0.hasPrefix("FROM ") } ?? 0)...]
    }

    @Test("builds in one image and runs in another, both named with a version")
    func stages() {
        let images = lines.filter { $0.hasPrefix("FROM ") }
        #expect(images == ["FROM swift:6.3-bookworm AS build", "FROM debian:bookworm-slim"])
    }

    @Test("runs as nobody in particular, without a shell's help")
    func user() {
        #expect(final.contains("USER 65532:65532"))
        #expect(final.last == "CMD [\"serve\"]" && final.contains("ENTRYPOINT [\"lavadeck\"]"))
    }

    @Test("says how it is checked, stopped and kept")
    func properties() {
        #expect(final.contains("STOPSIGNAL SIGTERM") && final.contains("VOLUME /data"))
        #expect(final.contains { $0.contains("CMD [\"lavadeck\", \"healthcheck\"]") })
        #expect(final.contains { $0.contains("org.opencontainers.image.title") })
        #expect(!lines.contains { $0.contains("TOKEN=") || $0.contains("PASSWORD=") })
    }

    @Test("is given what the manifest names, and nothing else")
    func context() {
        let ignored = Repository.text(of: ".dockerignore").split(separator: "\n")
        #expect(
            ignored.map(String.init) == [
                "*", "!Benchmarks", "!LICENSE", "!Package.swift", "!Sources", "!Tests",
            ]
        )
    }
}
