/// A position in degrees, read from one of the texts in which files carry it.
struct Point: Equatable {
    let lon: Double
    let lat: Double

    /// How a text carries a point.
    enum Form: String, CaseIterable {
        /// `(lat, lon)`, the brackets optional, a comma or blanks between.
        case latLon = "lat-lon"
        /// `(lon, lat)`, likewise.
        case lonLat = "lon-lat"
        /// Well-known text: `POINT (lon lat)`.
        case wkt
    }

    /// Nil when a value lies outside the globe.
    init?(lon: Double, lat: Double) {
        guard (-180...180).contains(lon), (-90...90).contains(lat) else { return nil }
        self.lon = lon
        self.lat = lat
    }

    /// Nil when the text does not have this form.
    init?(_ text: ArraySlice<UInt8>, form: Form) {
        var rest = Self.trimmed(text)
        if form == .wkt {
            let word = rest.prefix(5)
            guard word.map({ $0 & 0xDF }).elementsEqual("POINT".utf8) else { return nil }
            rest = Self.trimmed(rest.dropFirst(5))
            guard rest.first == UInt8(ascii: "(") else { return nil }
        }
        if rest.first == UInt8(ascii: "(") {
            guard rest.last == UInt8(ascii: ")"), rest.count >= 2 else { return nil }
            rest = Self.trimmed(rest.dropFirst().dropLast())
        }
        let comma = UInt8(ascii: ",")
        let separator = form == .wkt ? UInt8(ascii: " ") : rest.contains(comma) ? comma : UInt8(ascii: " ")
        let parts = rest.split(separator: separator, omittingEmptySubsequences: separator != comma)
        // Well-known text may carry a height, which is left out.
        guard parts.count == 2 || (form == .wkt && parts.count == 3),
            let first = Numbers.double(Self.trimmed(parts[0])), let second = Numbers.double(Self.trimmed(parts[1]))
        else { return nil }
        self.init(lon: form == .latLon ? second : first, lat: form == .latLon ? first : second)
    }

    /// Without blanks and tabs at both ends.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest = rest.dropFirst() }
        while let byte = rest.last, byte == 0x20 || byte == 0x09 { rest = rest.dropLast() }
        return rest
    }
}
