package import Control
package import Lavalink
package import Runtime

/// One bot's connections to the nodes: a WebSocket and REST requests for each.
///
/// It turns what the network does into the fleet's events, and knows nothing of players.
@Loop package final class NodeConnections {
    /// Where a node is, and how to be let in.
    package struct Address: Sendable {
        package var host: String
        package var port: UInt16
        package var password: Secret
        package var tls: Bool

        package init(host: String, port: UInt16, password: Secret, tls: Bool) {
            self.host = host
            self.port = port
            self.password = password
            self.tls = tls
        }
    }

    package var onEvent: (@Loop (Fleet.Event) -> Void)?

    private let user: UserID
    private let addresses: [NodeName: Address]
    private let client: CurlClient
    private let caFile: String?
    private let playerLimit: Int
    private var sockets: [NodeName: Socket] = [:]
    private var transfers: [RequestID: TransferID] = [:]

    private struct Socket {
        var id: ConnectionID
        var client: WebSocketClient
    }

    package init(
        user: UserID,
        addresses: [NodeName: Address],
        client: CurlClient,
        caFile: String? = nil,
        playerLimit: Int = Limits.standard.players
    ) {
        self.user = user
        self.playerLimit = playerLimit
        self.addresses = addresses
        self.client = client
        self.caFile = caFile
    }

    package func shutdown() {
        onEvent = nil
        for socket in sockets.values { socket.client.close(code: 1001, reason: "") }
        for transfer in transfers.values { client.cancel(transfer) }
        transfers.removeAll()
    }
}

// MARK: WebSocket

extension NodeConnections {
    package func connect(_ node: NodeName, _ id: ConnectionID, resuming session: String?) {
        guard let address = addresses[node] else { return }
        var headers = [
            (name: "Authorization", value: address.password.reveal()),
            (name: "User-Id", value: user.description),
            (name: "Client-Name", value: "Lavadeck/\(Version.text)"),
        ]
        if let session { headers.append((name: "Session-Id", value: session)) }
        let client = WebSocketClient(
            host: address.host,
            port: address.port,
            tls: address.tls,
            path: "/v4/websocket",
            headers: headers,
            caFile: caFile
        ) { [weak self] event in self?.receive(event, from: node, id) }
        sockets[node] = Socket(id: id, client: client)
    }

    package func ping(_ node: NodeName, _ id: ConnectionID) {
        guard let socket = sockets[node], socket.id == id else { return }
        socket.client.ping()
    }

    /// Drops the connection; nothing more comes of it.
    package func abort(_ node: NodeName, _ id: ConnectionID) {
        guard let socket = sockets[node], socket.id == id else { return }
        sockets[node] = nil
        socket.client.abort()
    }

    /// Drops the connection as a failing network would; its end is reported.
    package func breakConnection(_ node: NodeName, _ id: ConnectionID) {
        guard let socket = sockets[node], socket.id == id else { return }
        socket.client.abort()
    }

    private func receive(_ event: WebSocketClient.Event, from node: NodeName, _ id: ConnectionID) {
        guard let socket = sockets[node], socket.id == id else { return }
        let received = Fleet.SocketEvent(event)
        if case .ended = received { sockets[node] = nil }
        onEvent?(.socket(node, id, received))
    }
}

extension Fleet.SocketEvent {
    init(_ event: WebSocketClient.Event) {
        self =
            switch event {
            case .opened: .opened
            case .text(let bytes): Self(text: bytes)
            case .pong: .pong
            case .refused(let status, _, _): .ended(.rejected(status: status))
            case .failed(.refused): .ended(.refused("no server listens on this address"))
            case .failed(.timedOut): .ended(.handshakeTimeout)
            case .failed(let error): .ended(.failed(error.reason))
            case .closed(let code, let reason): .ended(.closed(code: code ?? 1005, reason: reason))
            }
    }

    private init(text bytes: [UInt8]) {
        do throws(NodeMessageError) {
            self = .message(try NodeMessage(parsing: bytes))
        } catch {
            self = .unreadable("a message could not be read: \(error)")
        }
    }
}

// MARK: REST

extension NodeConnections {
    package func send(
        _ request: NodeRequest,
        _ id: RequestID,
        to node: NodeName,
        timeout: Duration
    ) {
        guard let address = addresses[node] else { return }
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        var headers = [(name: "Authorization", value: address.password.reveal())]
        if request.body != nil {
            headers.append((name: "Content-Type", value: "application/json"))
        }
        let outbound = OutboundRequest(
            method: request.method,
            url: "\(address.tls ? "https" : "http")://\(host):\(address.port)\(request.target)",
            headers: headers,
            body: request.body,
            timeout: timeout,
            maximumResponseBytes: maximumResponseBytes(of: request)
        )
        transfers[id] = client.send(outbound) { [weak self] result in
            self?.answered(id, by: node, result)
        }
    }

    /// What a node sends before it answers comes before the answer (`lavalink-v4.md` §7): a report
    /// of before a seek would be believed behind it.
    private func answered(
        _ id: RequestID,
        by node: NodeName,
        _ result: Result<OutboundResponse, TransferError>
    ) {
        guard transfers[id] != nil else { return }
        sockets[node]?.client.readNow()
        guard transfers.removeValue(forKey: id) != nil else { return }
        onEvent?(.answer(id, Fleet.NodeAnswer(result)))
    }

    /// Bytes that one player may have in a node's list of its players.
    static let bytesPerPlayer = 4_096

    func maximumResponseBytes(of request: NodeRequest) -> Int {
        let standard = OutboundRequest.standardMaximumResponseBytes
        return request.listsPlayers ? max(standard, playerLimit * Self.bytesPerPlayer) : standard
    }

    package func forget(_ id: RequestID) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        client.cancel(transfer)
    }
}

extension NodeRequest {
    fileprivate var listsPlayers: Bool {
        switch self {
        case .players: true
        case .updatePlayer, .destroyPlayer, .player, .updateSession, .info, .version, .stats,
            .loadTracks, .decodeTracks:
            false
        }
    }
}

extension Fleet.NodeAnswer {
    init(_ result: Result<OutboundResponse, TransferError>) {
        self =
            switch result {
            case .success(let response):
                .response(
                    status: response.status,
                    body: response.body,
                    retryAfter: response.header("retry-after").flatMap { Int64($0) }
                        .map { .seconds(min(max($0, 0), 3600)) }
                )
            case .failure(.refused): .refused
            case .failure(.timedOut): .timedOut
            case .failure(let error): .lost(error.reason)
            }
    }
}
