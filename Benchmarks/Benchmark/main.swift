import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())

if arguments.first == "--node" {
    func number(after flag: String) -> Int {
        guard let place = arguments.firstIndex(of: flag), place + 1 < arguments.count else {
            return 0
        }
        return Int(arguments[place + 1]) ?? 0
    }
    NodeProcess.run(
        port: UInt16(clamping: number(after: "--port")),
        updateInterval: Int64(number(after: "--update-interval")),
        latency: Int64(number(after: "--latency"))
    )
} else {
    exit(Program.run(arguments))
}
