import Foundation
import Sensing

/// A mapping is read or refused; what an accepted one makes of a file is facts.
enum MappingTarget {
    static func examine(_ bytes: [UInt8]) {
        let yaml = String(decoding: bytes, as: UTF8.self)
        guard let mapping = try? Mapping(yaml: yaml, file: "fuzz.yaml") else { return }
        demand(!mapping.name.isEmpty && !mapping.factTypes.isEmpty, "a mapping has a name and facts")
        _ = mapping.matches(path: "a/lifts-2026.csv")
        for file in mapping.format == .csv ? CSVTarget.files : CSVTarget.features {
            guard var reading = try? FileImport(bytes: file, name: "lifts.csv", mapping: mapping) else { continue }
            while let batch = try? reading.next() {
                for fact in batch.facts {
                    demand(
                        (try? JSONSerialization.jsonObject(with: Data(fact.json))) is [String: Any],
                        "what a mapping makes is JSON: \(String(decoding: fact.json, as: UTF8.self))")
                }
            }
        }
    }
}
