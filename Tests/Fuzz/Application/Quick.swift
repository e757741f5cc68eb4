import Glibc

// Functions that are slow on purpose would limit a fuzzer to a few inputs a second. These replace
// the functions of the same name in the C libraries.

/// bcrypt with 2⁴ rounds, under the name of as many as it was asked for: what is hashed and
/// compared stays the same.
@_cdecl("crypt_r")
public func quickCrypt(
    _ phrase: UnsafePointer<CChar>, _ setting: UnsafePointer<CChar>, _ data: UnsafeMutableRawPointer
) -> UnsafeMutablePointer<CChar>? {
    typealias Crypt =
        @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer
        ) -> UnsafeMutablePointer<CChar>?
    guard let found = dlsym(dlopen("libcrypt.so.1", RTLD_NOW), "crypt_r") else {
        fatalError("no libcrypt")
    }
    let crypt = unsafeBitCast(found, to: Crypt.self)
    guard strncmp(setting, "$2", 2) == 0, strlen(setting) > 6 else {
        return crypt(phrase, setting, data)
    }
    // `$2b$10$` and a salt.
    guard let quick = strdup(setting) else { return nil }
    defer { free(quick) }
    (quick[4], quick[5]) = (CChar(UInt8(ascii: "0")), CChar(UInt8(ascii: "4")))
    let hash = crypt(phrase, quick, data)
    if let hash { (hash[4], hash[5]) = (setting[4], setting[5]) }
    return hash
}

/// No power goes while a fuzzer runs.
@_cdecl("fdatasync")
public func quickDataSync(_ file: CInt) -> CInt { 0 }

@_cdecl("fsync")
public func quickSync(_ file: CInt) -> CInt { 0 }
