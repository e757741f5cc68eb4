import Chat
import Encoding
import HTTP
import Storage

/// An error as the API answers it: a status and
/// `{"error": "<a sentence for people>", "code": "<stable_snake_case>"}`.
///
/// All errors become answers here.
struct ErrorAnswer: Equatable {
    let status: Status
    let code: String
    let sentence: String
    /// Seconds; nil if a retry cannot help.
    var retryAfter: Int?

    init(_ status: Status, _ code: String, _ sentence: String, retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.sentence = sentence
        self.retryAfter = retryAfter
    }

    /// Returns nil for an unexpected error, which is a bug of ours.
    init?(_ error: any Error) {
        switch error {
        case let fault as APIFault: self.init(fault)
        case let fault as ChatFault: self.init(fault)
        case let fault as VaultFault: self.init(fault)
        case let fault as StorageFault: self.init(fault)
        case let fault as HTTPFault: self.init(fault)
        default: return nil
        }
    }

    static let `internal` = ErrorAnswer(
        .internalServerError, "internal", "Terjadi kesalahan di server. Coba lagi nanti.")

    var response: Response {
        var body = JSONWriter(capacity: 128)
        body.beginObject()
        body.field("error", sentence)
        body.field("code", code)
        body.endObject()
        var response = Response.json(body.bytes, status)
        if let retryAfter { response.fields.append(("Retry-After", "\(retryAfter)")) }
        // A 401 must name an authentication scheme (RFC 9110 §15.5.2).
        if status == .unauthorized { response.fields.append(("WWW-Authenticate", "Bearer")) }
        return response
    }
}

extension ErrorAnswer {
    init(_ fault: APIFault) {
        switch fault {
        case .malformed(let sentence): self.init(.badRequest, "malformed", sentence)
        case .lengthRequired: self.init(HTTPFault.lengthRequired)
        case .unsupportedMediaType:
            self.init(
                .unsupportedMediaType, "unsupported_media_type",
                "Isi permintaan harus application/json.")
        case .unauthorized:
            self.init(.unauthorized, "unauthorized", "Sesi tidak berlaku. Silakan login lagi.")
        case .crossOrigin:
            self.init(
                .forbidden, "cross_origin", "Permintaan dari situs lain tidak diizinkan.")
        case .notFound: self.init(.notFound, "not_found", "Alamat tidak ditemukan.")
        case .methodNotAllowed(let allowed):
            self.init(
                .methodNotAllowed, "method_not_allowed", "Alamat ini hanya menerima \(allowed).")
        case .stopping:
            self.init(
                .serviceUnavailable, "stopping", "Server sedang dimatikan.", retryAfter: 5)
        case .takingOver:
            self.init(
                .serviceUnavailable, "taking_over",
                "Data lama sedang dipindahkan. Coba lagi sebentar.", retryAfter: 5)
        }
    }

    init(_ fault: ChatFault) {
        switch fault {
        case .invalidUsername:
            self.init(
                .badRequest, "invalid_username",
                "Username harus 3-32 karakter: huruf, angka, titik, garis bawah, atau strip; "
                    + "tidak diawali strip.")
        case .weakPassword(let problem):
            self.init(.badRequest, "weak_password", Self.sentence(for: problem))
        case .usernameTaken:
            self.init(.badRequest, "username_taken", "Username sudah dipakai!")
        case .badCredentials:
            self.init(.unauthorized, "bad_credentials", "Username atau Password salah!")
        case .forbidden:
            self.init(.forbidden, "forbidden", "ID itu bukan milik sesi ini.")
        case .userNotFound: self.init(.notFound, "not_found", "User tidak ditemukan")
        case .friendNotFound:
            self.init(.notFound, "not_found", "Username teman tidak ditemukan!")
        case .selfFriend:
            self.init(.badRequest, "self_friend", "Tidak bisa add diri sendiri")
        case .alreadyFriends: self.init(.badRequest, "already_friends", "Sudah berteman!")
        case .notFriends:
            self.init(
                .forbidden, "not_friends", "Kalian belum berteman. Tambahkan dulu sebagai teman.")
        case .blockListFull:
            self.init(
                .badRequest, "malformed", "Daftar blokir penuh. Cabut salah satu blokir dulu.")
        case .photosOff, .photoNotFound, .photoUnknown, .photoTaken, .notAPhoto, .photoTooLarge,
            .photoSpace:
            self = Self.photo(refusedBy: fault)
        case .messageNotFound, .notYours, .replyUnknown: self = Self.message(refusedBy: fault)
        case .cursorUnknown:
            self.init(
                .gone, "cursor_unknown", "Penanda itu tidak dikenal. Muat ulang seluruh daftar.")
        case .emptyMessage:
            self.init(.badRequest, "empty_message", "Pesan tidak boleh kosong")
        case .messageTooLong:
            self.init(
                .badRequest, "message_too_long",
                "Pesan terlalu panjang: paling banyak \(MessageText.scalarsMax) karakter.")
        case .idReused:
            self.init(.conflict, "id_reused", "ID pesan sudah dipakai.")
        case .timestampsExhausted: self.init(StorageFault.failed(""))
        case .busy:
            self.init(
                .serviceUnavailable, "busy", "Server sedang sibuk. Coba lagi sebentar.",
                retryAfter: 1)
        case .storeFull:
            self.init(
                .serviceUnavailable, "storage_full", "Penyimpanan penuh. Coba lagi nanti.",
                retryAfter: 60)
        case .registrationClosed, .inviteNeeded, .inviteInvalid:
            self = Self.registration(refusedBy: fault)
        case .tooManyAttempts(let wait):
            self.init(
                .tooManyRequests, "too_many_attempts", "Terlalu banyak percobaan.", after: wait)
        case .searchUnderWay, .exportUnderWay: self = Self.repetition(refusedBy: fault)
        case .tooManyMessages(let wait), .tooMuchData(let wait), .tooManyPhotos(let wait),
            .tooManyNames(let wait):
            self = Self.excess(refusedBy: fault, after: wait)
        // Only the control socket throws this.
        case .invitesTooMany: self = .internal
        }
    }

    /// Answers for a limit of one user or address. The sentence and `Retry-After` name its end.
    private init(_ status: Status, _ code: String, _ sentence: String, after wait: Duration) {
        let parts = wait.components
        let seconds = max(1, Int(clamping: parts.seconds) + (parts.attoseconds > 0 ? 1 : 0))
        let time =
            switch seconds {
            case ...120: "\(seconds) detik"
            case ...7200: "\((seconds + 59) / 60) menit"
            default: "\((seconds + 3599) / 3600) jam"
            }
        self.init(status, code, "\(sentence) Coba lagi dalam \(time).", retryAfter: seconds)
    }

    init(_ fault: VaultFault) {
        switch fault {
        case .busy: self.init(ChatFault.busy)
        case .unavailable, .refused, .failed:
            self.init(
                .serviceUnavailable, "vault_unavailable",
                "Layanan enkripsi sedang tidak tersedia. Coba lagi sebentar.", retryAfter: 1)
        case .sealed:
            self.init(
                .serviceUnavailable, "sealed",
                "Brankas pesan masih tersegel. Tunggu pengelola membukanya.", retryAfter: 5)
        case .keyRetired:
            self.init(
                .serviceUnavailable, "key_retired",
                "Kunci pesan ini sudah dinonaktifkan. Hubungi pengelola.", retryAfter: 60)
        case .otherKeys:
            self.init(
                .serviceUnavailable, "vault_unavailable",
                "Kunci enkripsi bukan yang menyegel pesan tersimpan. Hubungi pengelola.",
                retryAfter: 5)
        }
    }

    init(_ fault: StorageFault) {
        switch fault {
        case .full:
            self.init(
                .serviceUnavailable, "storage_full", "Penyimpanan penuh. Coba lagi nanti.",
                retryAfter: 5)
        case .failed, .damaged, .edited, .restoring, .journalOfAnother:
            self.init(
                .serviceUnavailable, "storage_failed",
                "Penyimpanan bermasalah. Hubungi pengelola.", retryAfter: 60)
        case .takeover: self.init(APIFault.takingOver)
        case .busy, .shortage: self.init(ChatFault.busy)
        case .locked, .closed: self.init(APIFault.stopping)
        case .stale, .refused, .absent: self = .internal
        }
    }

    /// Answers a request that the HTTP layer refuses, with the fault's own status.
    init(_ fault: HTTPFault) {
        let (code, sentence): (String, String) =
            switch fault {
            case .requestLineMalformed, .targetMalformed, .fieldMalformed, .hostMalformed,
                .lengthMalformed, .framingAmbiguous, .chunkMalformed, .leadingLinesTooMany:
                ("malformed", "Permintaan tidak sesuai aturan HTTP/1.1.")
            case .methodUnknown: ("not_implemented", "Metode ini tidak dikenal.")
            case .codingUnknown: ("not_implemented", "Transfer-Encoding ini tidak dikenal.")
            case .versionUnsupported: ("version_not_supported", "Versi HTTP ini tidak dilayani.")
            case .expectationUnknown: ("expectation_failed", "Expect ini tidak dilayani.")
            case .lengthRequired: ("length_required", "Panjang isi permintaan harus disebutkan.")
            case .requestLineTooLong: ("uri_too_long", "Alamat terlalu panjang.")
            case .headTooLarge, .fieldsTooMany, .trailerTooLarge:
                ("fields_too_large", "Header terlalu besar.")
            case .bodyTooLarge: ("too_large", "Isi permintaan paling besar 64 KiB, foto 2 MiB.")
            case .chunkExtensionTooLong: ("too_large", "Potongan isi permintaan terlalu besar.")
            case .headTimeout, .bodyTimeout: ("timeout", "Permintaan datang terlalu lambat.")
            case .connectionsTooMany: ("busy", "Terlalu banyak koneksi. Coba lagi sebentar.")
            case .answersTooMany: ("busy", "Server sedang sibuk. Coba lagi sebentar.")
            case .answerFailed: (Self.internal.code, Self.internal.sentence)
            }
        self.init(
            fault.status, code, sentence, retryAfter: fault.status == .serviceUnavailable ? 1 : nil)
    }

    /// A user has as many of these under way as one may have.
    private static func repetition(refusedBy fault: ChatFault) -> ErrorAnswer {
        let name = fault == .searchUnderWay ? "Pencarian" : "Ekspor"
        return ErrorAnswer(
            .tooManyRequests, "too_many_attempts", "\(name) sebelumnya belum selesai.",
            after: .seconds(1))
    }

    private static func message(refusedBy fault: ChatFault) -> ErrorAnswer {
        switch fault {
        case .messageNotFound: ErrorAnswer(.notFound, "not_found", "Pesan tidak ditemukan.")
        case .notYours:
            ErrorAnswer(.forbidden, "not_yours", "Hanya pengirim yang boleh menghapus pesan.")
        case _:
            ErrorAnswer(.badRequest, "malformed", "replyTo harus pesan dari percakapan yang sama.")
        }
    }

    /// A user has used up a quota.
    private static func excess(
        refusedBy fault: ChatFault, after wait: Duration
    ) -> ErrorAnswer {
        switch fault {
        case .tooManyMessages:
            ErrorAnswer(
                .tooManyRequests, "too_many_messages", "Terlalu banyak pesan sekaligus.",
                after: wait)
        case .tooMuchData:
            ErrorAnswer(
                .tooManyRequests, "too_much_data", "Jatah data untuk hari ini sudah habis.",
                after: wait)
        case .tooManyPhotos:
            ErrorAnswer(
                .tooManyRequests, "too_much_data", "Jatah foto sudah habis. Hapus foto lama.",
                after: wait)
        case _:
            ErrorAnswer(
                .tooManyRequests, "too_many_names", "Terlalu banyak percobaan menambah teman.",
                after: wait)
        }
    }

    private static func registration(refusedBy fault: ChatFault) -> ErrorAnswer {
        switch fault {
        case .inviteNeeded:
            ErrorAnswer(
                .forbidden, "invite_needed", "Pendaftaran memerlukan kode undangan dari pengelola.")
        case .inviteInvalid:
            ErrorAnswer(
                .badRequest, "invite_invalid",
                "Kode undangan tidak berlaku: salah, sudah dipakai, atau kedaluwarsa.")
        case _:
            ErrorAnswer(.forbidden, "registration_closed", "Pendaftaran sedang ditutup.")
        }
    }

    private static func sentence(for problem: PasswordProblem) -> String {
        switch problem {
        case .tooShort: "Password minimal \(NewPassword.charactersMin) karakter."
        case .tooLong: "Password maksimal \(NewPassword.bytesMax) byte."
        case .holdsNUL: "Password tidak boleh mengandung karakter NUL."
        case .isUsername: "Password tidak boleh sama dengan username."
        case .isCommon: "Password ini terlalu umum. Pilih yang lain."
        }
    }
}
