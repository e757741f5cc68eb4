// CipherAPI
