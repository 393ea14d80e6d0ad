import Foundation

/// The published vectors, which lie beside the repository and are not part of it.
enum SharedData {
    static let coords: URL = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = FileManager.default
        while folder.path != "/", !files.fileExists(atPath: folder.appending(path: "Package.swift").path) {
            folder.deleteLastPathComponent()
        }
        return folder.appending(path: "../shared/data/coords").standardized
    }()

    /// Tests that need the vectors are skipped where they are absent; the fixtures of our own cover the same behaviour.
    static let isPresent = FileManager.default.fileExists(atPath: coords.appending(path: "vectors.json").path)
}

/// Metres between two points in degrees, good for short distances.
func metres(_ a: (lon: Double, lat: Double), _ b: (lon: Double, lat: Double)) -> Double {
    let east = (a.lon - b.lon) * cos((a.lat + b.lat) / 2 * .pi / 180) * 111_320
    let north = (a.lat - b.lat) * 110_950
    return (east * east + north * north).squareRoot()
}
