import Foundation

// libFuzzer's entry point for programs that have a main of their own (compiler-rt, fuzzer/FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ examine: Target.Examination
) -> CInt

/// `fuzz TARGET [libFuzzer's arguments]`, `fuzz --targets`, `fuzz --seeds FOLDER`.
@main
struct Fuzz {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "--targets":
            for target in Target.all { print(target.name, target.maximumLength) }
        case "--seeds":
            guard let folder = arguments.dropFirst().first else { return usage() }
            try GeneratedSeeds.write(to: URL(fileURLWithPath: folder, isDirectory: true))
        case let name?:
            guard let target = Target.all.first(where: { $0.name == name }) else { return usage() }
            exit(run(target, ["fuzz"] + arguments.dropFirst()))
        case nil:
            usage()
        }
    }

    private static func usage() {
        let names = Target.all.map(\.name).joined(separator: " ")
        print("usage: fuzz TARGET [libFuzzer arguments] | --targets | --seeds FOLDER\ntargets: \(names)")
        exit(2)
    }

    private static func run(_ target: Target, _ arguments: [String]) -> CInt {
        var count = CInt(arguments.count)
        // Never freed: libFuzzer keeps the arguments as long as the process lives.
        let vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() { vector[index] = strdup(argument) }
        vector[arguments.count] = nil
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = vector
        return runDriver(&count, &list, target.examine)
    }
}
