/// An answer to a client, before its framing is known.
package struct Response: Sendable {
    package var status: Int
    package var fields: ResponseFields
    /// Sent as `X-Request-Id` behind the fields.
    package var requestID: String?
    package var body: [UInt8]

    package init(status: Int, fields: ResponseFields = ResponseFields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8] = []) {
        self.init(status: status, fields: ResponseFields(headers), body: body)
    }

    /// The fields by name and value.
    package var headers: [(name: String, value: String)] {
        get { fields.all }
        set { fields = ResponseFields(newValue) }
    }
}
