import Hummingbird
enum PlaceholderServer {}
