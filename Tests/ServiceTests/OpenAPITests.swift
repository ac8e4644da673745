import Control
import Runtime
@testable import Service
import Support
import Testing
import Wire

@Suite("openapi.yaml")
struct OpenAPITests {
    /// `METHOD /path operationId ?query,parameters` of everything that can be asked.
    @Test("has every route of the router, and nothing else")
    @Loop func routes() throws {
        let router = try Desk().application.router
        let served = router.routes.map { route in
            let query = route.query.sorted().joined(separator: ",")
            return "\(route.method.rawValue) \(route.template) \(route.operationId) ?\(query)"
        }
        let described = try OpenAPIDocument.shared().operations.map { operation in
            let query = operation.parameters(in: "query").sorted().joined(separator: ",")
            return "\(operation.method.rawValue) \(operation.path) \(operation.id) ?\(query)"
        }
        #expect(Set(served).subtracting(described).sorted() == [], "not described")
        #expect(Set(described).subtracting(served).sorted() == [], "not served")
        #expect(Set(router.routes.map(\.operationId)).count == router.routes.count)
    }

    @Test("names the parameters of every path")
    func paths() throws {
        for operation in try OpenAPIDocument.shared().operations {
            let named = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            #expect(operation.parameters(in: "path") == named, "\(operation.id)")
            let query = operation.parameters(in: "query")
            #expect(Set(query).count == query.count, "\(operation.id)")
        }
    }

    @Test("says who may call as the router does")
    @Loop func security() throws {
        let document = try OpenAPIDocument.shared()
        for route in try Desk().application.router.routes {
            let operation = document.operations.first { $0.id == route.operationId }
            let isOpen = operation?.content["security"] == .sequence([])
            #expect(isOpen == (route.access == .open), "\(route.operationId)")
            let isUnauthorized = operation?.content["responses"]?["401"] != nil
            #expect(isUnauthorized == (route.access == .token), "\(route.operationId)")
        }
    }

    @Test("refers to nothing that is not there, and leaves nothing unused")
    func references() throws {
        let document = try OpenAPIDocument.shared()
        let used = Set(document.references)
        for reference in used {
            #expect(document.target(of: reference) != nil, "\(reference)")
        }
        for kind in document.root["components"]?.members ?? [] where kind.key != "securitySchemes" {
            for component in kind.value.members {
                let reference = "#/components/\(kind.key)/\(component.key)"
                #expect(used.contains(reference), "\(reference) is not used")
            }
        }
    }

    @Test("has every type of problem")
    func problems() throws {
        let document = try OpenAPIDocument.shared()
        let schema = document.target(of: "#/components/schemas/Problem")
        let types = schema?["properties"]?["type"]?["enum"]?.items.compactMap(\.string)
        #expect(types == ProblemKind.allCases.map(\.type))
    }

    @Test("says the limits and the version of the code")
    @Loop func numbers() throws {
        let document = try OpenAPIDocument.shared()
        #expect(document.root["info"]?["version"]?.string == Version.text)
        let schemas = try #require(document.root["components"]?["schemas"])
        let addition = schemas["QueueAddition"]?["properties"]
        let said = [
            schemas["Place"]?["maximum"], schemas["EndTime"]?["maximum"],
            schemas["Volume"]?["maximum"], addition?["tracks"]?["maxItems"],
            addition?["at"]?["maximum"],
            schemas["EncodedTracks"]?["properties"]?["tracks"]?["maxItems"],
            document.target(of: "#/components/parameters/Limit")?["schema"]?["maximum"],
            document.target(of: "#/components/parameters/Limit")?["schema"]?["default"],
        ]
        .map { $0?.number.map { Int64($0) } }
        let limits = Limits.standard
        let meant = [
            JSONMembers.positions.upperBound, JSONMembers.positions.upperBound,
            JSONMembers.volumes.upperBound, Int64(limits.entriesPerRequest),
            Int64(limits.queueEntries), Int64(TrackEndpoints.decodedLimit),
            Int64(Page.limits.upperBound), Int64(Page.standardLimit),
        ]
        #expect(said == meant)
    }

    @Test("tells of every operation in words, and has a tag that is described")
    func words() throws {
        let document = try OpenAPIDocument.shared()
        let tags = document.root["tags"]?.items.compactMap { $0["name"]?.string } ?? []
        for operation in document.operations {
            #expect(operation.content["summary"]?.string?.isEmpty == false, "\(operation.id)")
            let own = operation.content["tags"]?.items.compactMap(\.string) ?? []
            #expect(own.count == 1 && tags.contains(own[0]), "\(operation.id)")
        }
    }

    @Test("has examples that its schemas accept")
    func examples() throws {
        let document = try OpenAPIDocument.shared()
        for operation in document.operations {
            let content = operation.content["requestBody"].map(document.resolved)
            let media = content?["content"]?["application/json"]
            let schema = media?["schema"] ?? .mapping([])
            for example in examples(of: media) {
                let faults = OpenAPISchema(document: document, schema: schema)
                    .faults(in: example.json.value)
                #expect(faults == [], "\(operation.id)")
            }
        }
        for answer in document.root["components"]?["responses"]?.members ?? [] {
            let media = answer.value["content"]?.members.first?.value
            let schema = media?["schema"] ?? .mapping([])
            for example in examples(of: media) {
                let faults = OpenAPISchema(document: document, schema: schema, isClosed: true)
                    .faults(in: example.json.value)
                #expect(faults == [], "\(answer.key)")
            }
        }
    }

    private func examples(of media: YAML?) -> [YAML] {
        [media?["example"]].compactMap(\.self)
            + (media?["examples"]?.members.compactMap { $0.value["value"] } ?? [])
    }

    @Test("has examples that the service takes")
    @Loop func examplesTaken() async throws {
        let document = try OpenAPIDocument.shared()
        for operation in document.operations {
            let content = operation.content["requestBody"].map(document.resolved)
            for example in examples(of: content?["content"]?["application/json"]) {
                let desk = try Desk()
                let guild = "613425648685547541"
                if operation.path.contains("guildId") {
                    _ = try await desk.ask(.put, "/v1/players/\(guild)")
                }
                let path = operation.path.replacing("{guildId}", with: guild)
                let answer = try await desk.ask(operation.method, path, "\(example.json)")
                // An identifier needs a node, and a place a track: there is none of either.
                let isTaken =
                    answer.status < 300 || ["no-node", "conflict"].contains(answer.problem)
                #expect(isTaken, "\(operation.id): \(answer.text)")
            }
        }
    }
}
