import COpenSSL
import Program

@main
struct Main {
    static func main() {
        copenssl_start()
        Launch<ChatCoreCommand>.main()
    }
}
