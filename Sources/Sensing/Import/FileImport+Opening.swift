extension FileImport {
    private static let notText: [(signature: [UInt8], reason: String)] = [
        ([0xFF, 0xFE], "UTF-16; save the file as UTF-8"),
        ([0xFE, 0xFF], "UTF-16; save the file as UTF-8"),
        ([0x1F, 0x8B], "compressed with gzip; unpack it first"),
        ([0x50, 0x4B, 0x03], "a ZIP archive or a spreadsheet (.xlsx); unpack it, or save the sheet as CSV UTF-8"),
    ]

    /// Reads the header row.
    static func header(_ reader: inout CSVReader, _ file: String) throws -> [String] {
        for (signature, reason) in notText where reader.begins(with: signature) {
            throw ImportError(file: file, line: nil, reason: reason)
        }
        var row = Row()
        switch try reader.next(into: &row) {
        case nil:
            throw ImportError(file: file, line: nil, reason: "the file is empty; a header row is expected")
        case .refused(let line, _, "not UTF-8"):
            throw ImportError(
                file: file, line: line,
                reason: "the header is not UTF-8; for a Chinese file from a spreadsheet try: iconv -f GB18030 -t UTF-8")
        case .refused(let line, _, let reason):
            throw ImportError(file: file, line: line, reason: "the header cannot be read: \(reason)")
        case .row:
            return row.ends.indices.map { String(decoding: row.bytes[row.range($0)], as: UTF8.self) }
        }
    }

    /// The whole of a small enough file.
    static func all(_ source: ByteSource, _ size: Int, _ file: String) throws -> [UInt8] {
        var source = source
        var bytes: [UInt8] = []
        while bytes.count <= SensingLimits.geoJSONBytes {
            let more = try source.read()
            if more.isEmpty { return bytes }
            bytes += more
        }
        throw ImportError(file: file, line: nil, reason: "GeoJSON of more than \(SensingLimits.geoJSONBytes) bytes")
    }

    /// Finds the field of each column by its headings.
    static func slots(
        _ mapping: Mapping, _ header: [String], _ file: String, _ line: Int?
    ) throws(ImportError) -> [Int?] {
        var slots: [Int?] = []
        for column in mapping.columns {
            guard column.derivation == nil else {
                slots.append(nil)
                continue
            }
            let places = header.indices.filter { column.headings.contains(header[$0]) }
            guard places.count < 2 else {
                throw ImportError(
                    file: file, line: line,
                    reason: "column \"\(column.name)\" occurs \(places.count) times (mapping \(mapping.name))")
            }
            guard let place = places.first else {
                let near = Suggestion.nearest(to: column.name, among: header).map { "; the nearest is \"\($0)\"" } ?? ""
                throw ImportError(
                    file: file, line: line,
                    reason: "no column \"\(column.name)\" (mapping \(mapping.name), \(mapping.file))\(near)")
            }
            slots.append(place)
        }
        return slots
    }
}
