import Foundation
import Wire

/// The server's side of a WebSocket by hand: frames are bytes here, not our codec's.
extension Peer {
    /// Reads the upgrade request and makes the head of a good answer.
    func readUpgrade() -> (request: String, answer: String)? {
        guard let request = readHead(), let key = Peer.field("sec-websocket-key", in: request)
        else { return nil }
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(WebSocket.acceptValue(forKey: key))\r\n"
        return (request, answer)
    }

    /// Upgrades without ado.
    func upgrade() {
        if let (_, answer) = readUpgrade() { write(answer + "\r\n") }
    }

    /// One short frame of a client, unmasked; nil at the end.
    func readFrame() -> (first: UInt8, payload: [UInt8])? {
        let head = read(exactly: 2)
        guard head.count == 2, head[1] & 0x80 != 0, head[1] & 0x7f < 126 else { return nil }
        let mask = read(exactly: 4)
        let payload = read(exactly: Int(head[1] & 0x7f))
        return (head[0], payload.enumerated().map { $1 ^ mask[$0 & 3] })
    }

    /// A short unmasked frame.
    func writeFrame(_ first: UInt8, _ payload: [UInt8] = []) {
        write([first, UInt8(payload.count)] + payload)
    }

    func writeFrame(_ first: UInt8, _ text: String) { writeFrame(first, Array(text.utf8)) }

    /// A close frame.
    func writeClose(_ code: Int, _ reason: String = "") {
        writeFrame(0x88, [UInt8(code >> 8), UInt8(code & 0xff)] + Array(reason.utf8))
    }

    /// Waits for the other side to end the connection.
    func readToEnd() {
        while !read().isEmpty {}
    }
}
