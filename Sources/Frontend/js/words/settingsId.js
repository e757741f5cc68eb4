/** The words of the settings in Indonesian. */
export const settingsWords = {
    settings: {
        open: "Pengaturan akun",
        title: "Pengaturan",
        sections: "Bagian pengaturan",
        account: "Akun",
        security: "Keamanan",
        look: "Tampilan",
        notifications: "Notifikasi",
        blocked: "Diblokir",
        about: "Tentang",
    },
    blocked: {
        text: "Yang kamu blokir tidak bisa menambahkanmu, dan tidak diberi tahu.",
        none: "Tidak ada yang kamu blokir.",
        loading: "Memuat…",
        unblock: "Buka blokir",
        unblockName: ({ name }) => `Buka blokir ${name}`,
        ask: ({ name }) => `Buka blokir ${name}?`,
        askText: ({ name }) => `${name} bisa menambahkanmu lagi. Kalian belum berteman sampai salah `
            + "satu menambahkan yang lain.",
        done: ({ name }) => `Blokir ${name} dibuka.`,
    },
    about: {
        text: "Pesanmu disegel dengan AES-256-GCM sebelum disimpan. Server hanya menyimpan pesan "
            + "yang tersegel.",
        api: "Dokumentasi API",
    },
    deletion: {
        title: "Hapus akun",
        text: "Akunmu, daftar temanmu, dan semua pesanmu hilang untuk selamanya, juga bagi temanmu.",
        open: "Hapus akun…",
        ask: "Hapus akun selamanya?",
        current: "Password untuk memastikan",
        submit: "Hapus akun selamanya",
        busy: "Sebentar…",
    },
    notifications: {
        title: "Notifikasi",
        allow: "Nyalakan notifikasi",
        stop: "Matikan notifikasi",
        off: "Beri tahu kalau ada pesan saat halaman ini tidak terlihat atau ditutup. Isi "
            + "pesan tidak pernah ditampilkan.",
        on: "Notifikasi menyala, juga saat halaman ini ditutup. Isi pesan tidak pernah "
            + "ditampilkan.",
        denied: "Notifikasi diblokir. Izinkan lewat pengaturan situs di peramban ini.",
        unsupported: "Peramban ini tidak bisa menampilkan notifikasi di alamat ini.",
        install: "Di iPhone dan iPad, notifikasi hanya untuk aplikasi yang dipasang: buka "
            + "Bagikan, pilih Tambah ke Layar Utama, lalu buka dari sana.",
        message: ({ count }) => count > 1 ? `${count} pesan baru` : "Pesan baru",
        offer: "Mau diberi tahu kalau ada pesan baru?",
        accept: "Nyalakan",
        later: "Nanti saja",
    },
    appearance: {
        title: "Tema",
        system: "Ikuti sistem",
        dark: "Gelap",
        light: "Terang",
    },
    language: {
        title: "Bahasa",
        system: "Ikuti peramban",
        id: "Bahasa Indonesia",
        en: "English",
    },
    dataSaver: {
        title: "Memuat foto",
        system: "Ikuti peramban",
        on: "Pratinjau kecil dulu (hemat data)",
        off: "Langsung utuh",
    },
    password: {
        title: "Ganti password",
        current: "Password sekarang",
        new: "Password baru",
        submit: "Ganti password",
        busy: "Sebentar…",
        done: "Password berhasil diganti. Perangkat lain harus login lagi.",
        emptyCurrent: "Isi password yang sekarang dulu.",
        emptyNew: "Isi password baru dulu.",
        wrongCurrent: "Password sekarang salah. Periksa lagi.",
    },
    logout: {
        title: "Keluar",
        text: "Setelah keluar, pesanmu tidak lagi terlihat di perangkat ini.",
        unsent: ({ messages, drafts }) => {
            const counts = [
                messages && `${messages} pesan belum terkirim`, drafts && `${drafts} draf belum selesai`,
            ];
            return `${counts.filter(Boolean).join(" dan ")}. `
                + "Kalau keluar sekarang, semuanya dihapus dari perangkat ini.";
        },
        submit: "Keluar dari akun",
        ask: "Keluar sekarang?",
        stay: "Batal",
        lose: "Keluar dan hapus",
    },
    export: {
        title: "Salinan datamu",
        text: "Satu file berisi profil, teman, dan semua pesanmu. Isinya terbaca, jadi simpan baik-baik.",
        start: "Unduh salinan",
        stop: "Batal mengunduh",
        busy: ({ megabytes }) => megabytes > 0 ? `Mengunduh… ${megabytes} MB` : "Mengunduh…",
        done: "Salinan sudah diunduh.",
    },
};
