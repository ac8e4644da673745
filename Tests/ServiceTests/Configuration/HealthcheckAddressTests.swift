@testable import Service
import Testing

@Suite("The address that healthcheck asks")
struct HealthcheckAddressTests {
    @Test("is read whatever else is wrong")
    func alone() {
        let file = #"{"listen": "127.0.0.1:99", "nodes": [{"prot": 1}], "databse": 1}"#
        let address = Configuration.listenAddress(
            flags: [:],
            environment: ["LAVADECK_CONFIG": "lavadeck.json", "LAVADECK_DRILLS": "what"]
        ) { _ throws(FileFault) in Array(file.utf8) }
        #expect(address.port == 99)
    }

    @Test("is the flag's before the environment's before the standard one")
    func order() {
        let flag = Configuration.listenAddress(
            flags: ["--listen": "127.0.0.1:1"],
            environment: ["LAVADECK_LISTEN": "127.0.0.1:2"]
        ) { _ throws(FileFault) in [] }
        #expect(flag.port == 1)
        let standard = Configuration.listenAddress(flags: [:], environment: [:]) {
            _ throws(FileFault) in []
        }
        #expect(standard == .standard)
    }
}
