package import Wire

/// Finds the route of a method and a path, by a tree of the templates' segments.
package struct Router: Sendable {
    package let routes: [Route]
    private var nodes = [Node()]

    /// The routes of one location, and what may follow it.
    private struct Node {
        var literals: [(bytes: [UInt8], node: Int)] = []
        var parameter: (name: String, node: Int)?
        var routes: [(method: Method, route: Int)] = []

        func next(after segment: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
            literals.first { $0.bytes.elementsEqual(segment) }?.node
        }
    }

    package enum Match {
        case found(Route, [PathParameter])
        case wrongMethod(allowed: [Method])
        case unknownPath
    }

    /// A part of the path that varies, still percent-encoded.
    package struct PathParameter: Sendable, Equatable {
        package var name: String
        package var encoded: String
    }

    package init(_ routes: [Route]) {
        self.routes = routes
        for (index, route) in routes.enumerated() { insert(route, index) }
    }

    private mutating func insert(_ route: Route, _ index: Int) {
        precondition(route.template.hasPrefix("/"), "a template begins with /")
        var node = 0
        for segment in route.template.dropFirst().split(
            separator: "/",
            omittingEmptySubsequences: false
        ) {
            node = child(of: node, for: segment)
        }
        let isTaken = nodes[node].routes.contains { $0.method == route.method }
        precondition(!isTaken, "two routes for one method and path")
        nodes[node].routes.append((route.method, index))
    }

    private mutating func child(of node: Int, for segment: Substring) -> Int {
        if segment.hasPrefix("{") {
            let name = String(segment.dropFirst().dropLast())
            if let parameter = nodes[node].parameter {
                precondition(parameter.name == name, "one location, two names of a parameter")
                return parameter.node
            }
            nodes.append(Node())
            nodes[node].parameter = (name, nodes.count - 1)
        } else {
            let bytes = Array(segment.utf8)
            if let known = nodes[node].literals.first(where: { $0.bytes == bytes }) {
                return known.node
            }
            nodes.append(Node())
            nodes[node].literals.append((bytes, nodes.count - 1))
        }
        return nodes.count - 1
    }

    // MARK: Matching

    /// The route for a request; HEAD finds the one of GET, unless that is a stream.
    package func match(_ method: Method, _ path: String) -> Match {
        var parameters: [PathParameter] = []
        guard let node = node(of: path, &parameters), !nodes[node].routes.isEmpty else {
            return .unknownPath
        }
        let entries = nodes[node].routes
        if let entry = entries.first(where: { $0.method == method }) {
            return .found(routes[entry.route], parameters)
        }
        if method == .head, let entry = entries.first(where: { $0.method == .get }),
            routes[entry.route].allowsHead
        {
            return .found(routes[entry.route], parameters)
        }
        return .wrongMethod(allowed: allowed(at: node))
    }

    private func node(of path: String, _ parameters: inout [PathParameter]) -> Int? {
        var path = path
        return path.withUTF8 { bytes in
            guard bytes.first == UInt8(ascii: "/") else { return nil }
            var node = 0
            var start = 1
            while start <= bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
                let segment = bytes[start..<end]
                if let literal = nodes[node].next(after: segment) {
                    node = literal
                } else if let parameter = nodes[node].parameter, !segment.isEmpty {
                    let encoded = String(decoding: segment, as: UTF8.self)
                    parameters.append(PathParameter(name: parameter.name, encoded: encoded))
                    node = parameter.node
                } else {
                    return nil
                }
                start = end + 1
            }
            return node
        }
    }

    private func allowed(at node: Int) -> [Method] {
        var methods: [Method] = []
        for (method, route) in nodes[node].routes {
            methods.append(method)
            if method == .get, routes[route].allowsHead { methods.append(.head) }
        }
        return methods + [.options]
    }
}

extension Route {
    fileprivate var allowsHead: Bool {
        switch endpoint {
        case .immediate, .waiting: true
        case .stream: false
        }
    }
}
