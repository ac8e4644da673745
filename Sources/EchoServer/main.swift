import Dispatch
import Glibc
import Runtime
import Wire

let port = CommandLine.arguments.dropFirst().last.flatMap { UInt16($0) }
guard CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--port", let port else {
    print("usage: EchoServer --port N   (0 takes any free port)")
    exit(2)
}
Echo.run(port: port)
dispatchMain()
