import Foundation
import Testing

@testable import Sensing

/// Nothing that a file or a mapping contains may crash the reader. The seed stands in the failure.
@Suite struct FuzzTests {
    private static let good =
        liftHeader
        + "L7,2026-11-24 08:00:00,moving,60,12,\"(30.6, 114.25)\",114.25,30.6,true,138\r\nL8,1700000000000,stopped,,\"-3\","
        + "POINT (114 30),,,false,\nL9,2026-11-24 08:00:00,,,,,,,,\"a\nb\"\n"

    private func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator, most: Int = 6) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...most, using: &random) {
            guard !bytes.isEmpty else { return bytes }
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("\",\n\r{}[]:'\"#&*0-".utf8).randomElement(using: &random) ?? 0, at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 20))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
            }
        }
        return bytes
    }

    /// Facts are JSON, whatever the rows were.
    private func check(_ bytes: [UInt8], _ mapping: Mapping, _ seed: UInt64) throws {
        let source = ByteSource.memory(bytes[...], chunk: Int(seed % 17) + 1)
        // A file refused as a whole is a good answer.
        guard var reading = try? FileImport(source: source, totalBytes: bytes.count, name: "f", mapping: mapping) else {
            return
        }
        while let batch = try reading.next(upTo: 2) {
            for fact in batch.facts {
                let object = try? JSONSerialization.jsonObject(with: Data(fact.json))
                #expect(object != nil, "seed \(seed)")
            }
        }
    }

    @Test func mutatedFiles() throws {
        let mapping = try Mapping(yaml: liftMapping, file: "lifts.yaml")
        for seed in UInt64(1)...4000 {
            var random = SeededGenerator(seed: seed)
            try check(mutate(Array(Self.good.utf8), &random), mapping, seed)
        }
    }

    @Test func randomBytes() throws {
        let mapping = try Mapping(yaml: liftMapping, file: "lifts.yaml")
        for seed in UInt64(1)...1500 {
            var random = SeededGenerator(seed: seed)
            let body = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                seed % 2 == 0
                    ? UInt8.random(in: 0...255, using: &random)
                    : Array(",\"\n\rL7é".utf8).randomElement(using: &random) ?? 0
            }
            try check(body, mapping, seed)
            try check(Array(liftHeader.utf8) + body, mapping, seed)
        }
    }

    /// However the bytes are cut into chunks, the outcome is the same.
    @Test func chunksDoNotMatter() throws {
        let mapping = try Mapping(yaml: liftMapping, file: "lifts.yaml")
        func outcome(_ bytes: [UInt8], _ chunk: Int) throws -> [String] {
            var lines: [String] = []
            do {
                let source = ByteSource.memory(bytes[...], chunk: chunk)
                var reading = try FileImport(source: source, totalBytes: bytes.count, name: "f", mapping: mapping)
                while let batch = try reading.next() {
                    lines += batch.refusals.map(\.description)
                    lines += batch.facts.map { String(decoding: $0.json, as: UTF8.self) }
                }
            } catch {
                lines.append("\(error)")
            }
            return lines
        }
        for seed in UInt64(1)...500 {
            var random = SeededGenerator(seed: seed)
            let bytes = mutate(Array(Self.good.utf8), &random)
            #expect(try outcome(bytes, 1) == outcome(bytes, 4096), "seed \(seed)")
        }
    }

    @Test func mutatedMappings() throws {
        let bytes = Array(liftMapping.utf8)
        var accepted = 0
        for seed in UInt64(1)...3000 {
            var random = SeededGenerator(seed: seed)
            let yaml = String(decoding: mutate(bytes, &random, most: 2), as: UTF8.self)
            guard let mapping = try? Mapping(yaml: yaml, file: "lifts.yaml") else { continue }
            accepted += 1
            try check(Array(Self.good.utf8), mapping, seed)
        }
        // If nearly all were refused at once, the test would reach little.
        #expect(accepted > 100)
    }

    @Test func mutatedGeoJSON() throws {
        let good =
            #"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"no":"\u6c49","flow":1.5e2,"ok":null},"geometry":{"type":"Point","coordinates":[114.25,30.6]}}]}"#
        let yaml = """
            mapping: h
            files: ["*.geojson"]
            format: geojson
            source: system/import/h
            timezone: UTC
            order: time
            columns: {geometry: {}, properties.no: {}}
            facts:
              - type: hydrant.recorded
                id: "h{properties.no}"
                subject: "hydrant/{properties.no}"
                time: {fixed: "2026-01-01T00:00:00Z"}
                data: {at: {column: geometry, type: point}}
            """
        let mapping = try Mapping(yaml: yaml, file: "h.yaml")
        for seed in UInt64(1)...4000 {
            var random = SeededGenerator(seed: seed)
            try check(mutate(Array(good.utf8), &random), mapping, seed)
        }
    }
}
