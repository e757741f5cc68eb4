import Cryptography
import Program

@main
struct Main {
    static func main() {
        OpenSSL.start()
        Launch<ChatCoreCommand>.main()
    }
}
