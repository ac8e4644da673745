import Runtime
import Service

Heap.configure()
Program.run()
