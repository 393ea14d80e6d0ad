import Foundation

@testable import Simulation

/// A simulated fact, read again by Foundation rather than by what wrote it.
struct ReadFact: Sendable {
    let id: String
    let source: String
    let type: String
    let subject: String
    let time: String
    let sequence: Int
    let data: [String: Double]
    let words: [String: String]
    let point: [Double]?
    let personal: [String: String]

    init?(_ message: SimulatedMessage) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(message.json)) as? [String: Any],
            object["specversion"] as? String == "1.0", let id = object["id"] as? String,
            let source = object["source"] as? String, let type = object["type"] as? String,
            let subject = object["subject"] as? String, let time = object["time"] as? String,
            let sequence = (object["sequence"] as? String).flatMap({ Int($0) }),
            let data = object["data"] as? [String: Any]
        else { return nil }
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.sequence = sequence
        self.data = data.compactMapValues { $0 as? Double }
        words = data.compactMapValues { $0 as? String }
        point = data["position"] as? [Double]
        personal = object["private"] as? [String: String] ?? [:]
    }
}
