// Answers every request with a short JSON text, on the port of its one argument.
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	answer := []byte(`{"status":"ok"}`)
	http.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		response.Write(answer)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
