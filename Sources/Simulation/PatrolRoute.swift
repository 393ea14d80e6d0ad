/// A car on an invented grid of streets within the district's rough box, 114.21…114.30 E, 30.56…30.64 N, WGS-84.
///
/// Whole numbers only: 1e-7 degrees, and a metre is 104 units of longitude and 90 of latitude here, to within 1 %.
struct PatrolRoute {
    private static let west = 1_142_100_000
    private static let south = 305_600_000
    /// Streets are 0.003° apart: 288 m and 333 m.
    private static let spacing = 30_000
    private static let columns = 30
    private static let rows = 26

    /// The last crossing passed.
    private var column: Int
    private var row: Int
    /// Units since that crossing.
    private var offset = 0
    /// 0 north, 90 east, 180 south, 270 west.
    private(set) var heading = 0

    init(random: inout SplitMix64) {
        column = random.int(in: 1...Self.columns - 1)
        row = random.int(in: 1...Self.rows - 1)
        turn(&random)
    }

    /// Longitude, 1e-7 degrees.
    var lon: Int { Self.west + column * Self.spacing + offset * Self.step(heading).east }
    /// Latitude, 1e-7 degrees.
    var lat: Int { Self.south + row * Self.spacing + offset * Self.step(heading).north }

    mutating func drive(millimetres: Int, random: inout SplitMix64) {
        var rest = millimetres
        while rest > 0 {
            let unitsPerMetre = heading % 180 == 0 ? 90 : 104
            let units = rest * unitsPerMetre / 1000
            if offset + units < Self.spacing {
                offset += units
                return
            }
            rest -= (Self.spacing - offset) * 1000 / unitsPerMetre + 1
            column += Self.step(heading).east
            row += Self.step(heading).north
            offset = 0
            turn(&random)
        }
    }

    /// Mostly straight on, never back, never out of the box.
    private mutating func turn(_ random: inout SplitMix64) {
        let wish = random.element(of: [0, 0, 0, 90, 270])
        for change in [wish, 90, 270, 0, 180] {
            let next = (heading + change) % 360
            let step = Self.step(next)
            if (0...Self.columns).contains(column + step.east), (0...Self.rows).contains(row + step.north) {
                heading = next
                return
            }
        }
    }

    private static func step(_ heading: Int) -> (east: Int, north: Int) {
        switch heading {
        case 0: (0, 1)
        case 90: (1, 0)
        case 180: (0, -1)
        default: (-1, 0)
        }
    }
}
