import Facts
import Foundation

/// A bench's figures in the order in which they were measured, for people and as JSON.
struct BenchReport {
    private var lines: [(key: String, value: JSONValue, text: String)] = []
    private let isJSON: Bool

    init(json: Bool) {
        isJSON = json
        var size = utsname()
        uname(&size)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let model =
            (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "?"
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first ?? "?"
        add(
            "machine", .string("\(model), \(cores) cores"),
            "machine: \(model), \(cores) cores, load \(load) at the start")
    }

    mutating func add(_ key: String, _ value: JSONValue, _ text: String) {
        lines.append((key, value, text))
        if !isJSON { Console.print(text) }
    }

    mutating func add(_ key: String, _ value: Double, _ label: String, _ unit: String, mark: String = "") {
        let rounded = abs(value) >= 100 ? value.rounded() : (value * 100).rounded() / 100
        let shown = rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded)
        add(
            key, rounded == rounded.rounded() ? .integer(Int64(rounded)) : .double(rounded),
            label.padding(toLength: 62, withPad: " ", startingAt: 0) + " " + shown + " " + unit
                + (mark.isEmpty ? "" : "   (mark: \(mark))"))
    }

    func end() {
        if isJSON { Console.print(JSONValue.object(lines.map { .init($0.key, $0.value) }).text) }
    }
}
