import Chat
import HTTP

extension ErrorAnswer {
    /// Answers for photos.
    static func photo(refusedBy fault: ChatFault) -> ErrorAnswer {
        switch fault {
        case .photosOff: ErrorAnswer(.notFound, "not_found", "Foto tidak dilayani di sini.")
        case .photoUnknown:
            ErrorAnswer(
                .badRequest, "malformed",
                "photo harus foto yang kamu unggah untuk teman ini, dan hanya untuk satu pesan.")
        case .photoTaken: ErrorAnswer(.conflict, "id_reused", "ID foto sudah dipakai.")
        case .notAPhoto:
            ErrorAnswer(
                .unsupportedMediaType, "unsupported_media_type",
                "Foto harus berupa JPEG, WebP, atau PNG.")
        case .photoTooLarge: ErrorAnswer(HTTPFault.bodyTooLarge)
        case .photoSpace:
            ErrorAnswer(
                .insufficientStorage, "photo_space",
                "Tempat untuk foto sudah penuh. Pesan teks tetap bisa dikirim.")
        case _: ErrorAnswer(.notFound, "not_found", "Foto tidak ditemukan.")
        }
    }
}
