/// The requests that an input stands for. `FF` ends a request, `FE` a part of one; neither is ever
/// UTF-8. Three bytes say the form, the caller and the manner, then come the parts:
///
/// - those that begin with 01…1F are fields: a number among `fields`, from 1, and a value;
/// - the next ones fill what the form names, in its order; an empty one is what belongs there;
/// - the rest are names and values of members or parameters that nobody asks for;
/// - one byte alone from 80 on stands for a value that no input could guess (`Memory`).
struct Script {
    static let requestsMax = 24
    static let contentType = 1
    static let fields: [StaticString] = [
        "If-None-Match", "Content-Type", "Cookie", "X-Forwarded-Proto", "CF-Connecting-IP",
        "Origin", "Authorization", "Sec-Fetch-Site", "Accept", "Access-Control-Request-Method",
        "Connection", "X-Request-Id", "Range", "Accept-Encoding", "Referer", "User-Agent",
    ]

    let requests: [[UInt8]]

    init(_ bytes: [UInt8]) {
        requests = bytes.split(separator: 0xFF).prefix(Self.requestsMax).compactMap {
            $0.count < 3 ? nil : Array($0)
        }
    }
}
