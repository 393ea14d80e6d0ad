public import Foundation

/// What one call of ``FileImport/next(upTo:)`` found.
public struct ImportBatch: Sendable {
    /// Facts, in the mapping's order. Empty batches occur while a file is read to be sorted.
    public var facts: [MappedFact] = []
    /// Refused rows and facts, in the order of the file.
    public var refusals: [RowRefusal] = []
}

/// Reads one file through one mapping, a batch at a time, so that the caller sets the pace.
///
/// A bad row never stops its neighbours: it becomes a ``RowRefusal``. Reading the same file again gives the same bytes.
/// Memory stays constant for `order: file` (but for the ids of `once` rules, 40 bytes each); `order: time` holds the
/// facts of the file, GeoJSON the file.
public struct FileImport {
    private enum Input {
        case csv(CSVReader)
        case features([GeoJSONReader.Feature], next: Int)
        case ended
    }

    /// The file's name without its folder, as facts and refusals give it.
    public let file: String
    /// The mapping used.
    public let mapping: Mapping
    /// What has come of the file so far.
    public private(set) var report = ImportReport()
    /// Bytes read so far.
    public private(set) var bytesRead = 0
    /// Size of the file in bytes.
    public let totalBytes: Int

    private var input: Input
    private var mapper: RowMapper
    private var once = OnceTable()
    private var row = Row()
    /// The file's own names of its fields, for messages.
    private let header: [String]
    /// Facts held back to be sorted.
    private var held: [MappedFact] = []
    private var heldBytes = 0
    private var handedOut = 0

    /// Opens a file and compares its columns with the mapping's.
    /// - Throws: `ImportError` when the file cannot be read, is not what `format` says, or lacks a column.
    public init(file url: URL, mapping: Mapping) throws(ImportError) {
        let name = url.lastPathComponent
        do {
            let handle = try FileHandle(forReadingFrom: url)
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: 0)
            try self.init(source: .file(handle), totalBytes: Int(size), name: name, mapping: mapping)
        } catch let error as ImportError {
            throw error
        } catch {
            throw ImportError(file: name, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
    }

    /// Reads bytes in memory as if they were a file of that name.
    /// - Throws: `ImportError`, as for a file.
    public init(bytes: [UInt8], name: String, mapping: Mapping) throws(ImportError) {
        let source = ByteSource.memory(bytes[...], chunk: SensingLimits.chunkBytes)
        try self.init(source: source, totalBytes: bytes.count, name: name, mapping: mapping)
    }

    init(source: ByteSource, totalBytes: Int, name: String, mapping: Mapping) throws(ImportError) {
        file = name
        self.mapping = mapping
        self.totalBytes = totalBytes
        do {
            switch mapping.format {
            case .csv:
                var reader = try CSVReader(source: source, delimiter: mapping.delimiter)
                header = try Self.header(&reader, name)
                input = .csv(reader)
                bytesRead = reader.bytesRead
            case .geojson:
                let reader = try GeoJSONReader(try Self.all(source, totalBytes, name), file: name)
                header = reader.names.map { "properties.\($0)" } + ["geometry"]
                input = .features(reader.features, next: 0)
                bytesRead = totalBytes
            }
        } catch let error as ImportError {
            throw error
        } catch {
            throw ImportError(file: name, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
        let line = mapping.format == .csv ? 1 : nil
        mapper = RowMapper(mapping, slots: try Self.slots(mapping, header, name, line))
    }

    /// Reads on until about `count` rows are read or facts made.
    /// - Returns: nil when the file is at its end and all facts are handed out.
    /// - Throws: `ImportError` when reading fails, or when the facts to sort outgrow memory.
    public mutating func next(upTo count: Int = 1000) throws(ImportError) -> ImportBatch? {
        var batch = ImportBatch()
        var rows = 0
        while rows < count, batch.facts.count < count, try readRow(into: &batch) { rows += 1 }
        guard mapping.order == .time else { return rows == 0 ? nil : batch }

        heldBytes += batch.facts.reduce(0) { $0 + $1.json.count }
        held += batch.facts
        batch.facts = []
        guard heldBytes <= SensingLimits.sortedBytes else {
            throw ImportError(
                file: file, line: nil, reason: "too large to be sorted by time in memory; use order: file, or split it")
        }
        if case .ended = input, rows == 0 {
            guard handedOut < held.count else { return nil }
            // Swift's sort is stable, so facts of the same time stay as the rows stand.
            if handedOut == 0 { held.sort { $0.time < $1.time } }
            batch.facts = Array(held[handedOut..<min(held.count, handedOut + count)])
            handedOut += batch.facts.count
        }
        return batch
    }

    // MARK: Rows

    /// Reads one row and makes its facts. False at the end of the file.
    private mutating func readRow(into batch: inout ImportBatch) throws(ImportError) -> Bool {
        switch input {
        case .ended:
            return false
        case .csv(var reader):
            // The enum must not hold the reader while it is changed, or its buffer would be copied.
            input = .ended
            let outcome: CSVReader.Outcome?
            do {
                outcome = try reader.next(into: &row)
            } catch {
                throw ImportError(file: file, line: row.line, reason: "cannot be read: \(error.localizedDescription)")
            }
            bytesRead = reader.bytesRead
            guard let outcome else { return false }
            input = .csv(reader)
            report.rows += 1
            switch outcome {
            case .refused(let line, let field, let reason):
                refuse(line, field.flatMap { header.indices.contains($0) ? header[$0] : nil }, reason, &batch)
            case .row where row.ends.count != header.count:
                let column = row.ends.count < header.count ? header[row.ends.count] : nil
                refuse(
                    row.line, column, "the row has \(row.ends.count) fields, the header \(header.count)", &batch)
            case .row:
                makeFacts(&batch)
            }
        case .features(let features, let next):
            guard next < features.count else {
                input = .ended
                return false
            }
            input = .features(features, next: next + 1)
            report.rows += 1
            let feature = features[next]
            load(feature)
            if let problem = feature.problem {
                refuse(feature.line, nil, problem, &batch)
            } else if feature.point == nil, !mapping.anyGeometry {
                let kind = feature.geometryKind.map { "is a \($0)" } ?? "is missing"
                refuse(feature.line, "geometry", "the geometry \(kind); only points are taken", &batch)
            } else {
                makeFacts(&batch)
            }
        }
        return true
    }

    private mutating func load(_ feature: GeoJSONReader.Feature) {
        row.removeAll()
        row.line = feature.line
        for name in header.dropLast() {
            row.bytes += feature.properties[String(name.dropFirst("properties.".count))] ?? []
            row.endField()
        }
        row.bytes += feature.point ?? []
        row.endField()
    }

    private mutating func makeFacts(_ batch: inout ImportBatch) {
        let line = row.line
        do {
            try mapper.take(&row)
        } catch {
            refuse(line, name(error.column), error.reason, &batch)
            return
        }
        for (index, rule) in mapping.facts.enumerated() {
            do {
                guard let draft = try mapper.fact(index, row) else { continue }
                if rule.once {
                    switch once.add(id: draft.id, json: draft.json, line: line) {
                    case .new: break
                    case .same:
                        report.repeated += 1
                        continue
                    case .different(let first):
                        let reason = "differs from the fact with the same id that line \(first) gave"
                        refuse(line, nil, reason, &batch, type: rule.type)
                        continue
                    }
                }
                report.facts[rule.type, default: 0] += 1
                batch.facts.append(
                    MappedFact(
                        json: draft.json, type: rule.type, id: String(decoding: draft.id, as: UTF8.self),
                        time: Int64(draft.milliseconds), file: file, line: line))
            } catch {
                refuse(line, name(error.column), error.reason, &batch, type: rule.type)
            }
        }
        if mapper.ambiguousTimes > report.ambiguousTimes {
            report.ambiguousTimes = mapper.ambiguousTimes
            if report.firstAmbiguousLine == nil { report.firstAmbiguousLine = line }
        }
    }

    private func name(_ column: Int?) -> String? {
        column.map { mapping.columns[$0].name }
    }

    private mutating func refuse(
        _ line: Int, _ column: String?, _ reason: String, _ batch: inout ImportBatch, type: String? = nil
    ) {
        report.refusals += 1
        batch.refusals.append(RowRefusal(file: file, line: line, column: column, type: type, reason: reason))
    }
}
